/**
 * Teams that owners make by hand, for what no code host knows. They read no repository of a code host: who may install from one, its code host
 * says alone.
 */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import {
  newId,
  type OrganizationId,
  type OwnTeamId,
  ownTeamPrincipal,
  type UserId,
  userPrincipal,
} from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { inTurn } from '../store/creation-turn.ts';
import { keys } from '../store/keys.ts';
import {
  addOwnTeam,
  addOwnTeamMember,
  isOwnTeamMember,
  type OwnTeam,
  ownTeamMemberPage,
  ownTeamsOf,
  removeOwnTeam,
  removeOwnTeamMember,
  renameOwnTeam,
} from '../store/own-team-store.ts';
import type { Operation, Table } from '../store/table.ts';
import { rightsOfTeams, setTeamRights } from '../store/team-rights-store.ts';
import { tokensOf } from '../store/token-store.ts';
import { requestWork } from '../store/work.ts';
import { grantsWork, principalWork } from '../store/work-items.ts';
import type { IssueTokenDependencies } from '../tokens/issue-token.ts';
import { endTokens } from './end-tokens.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import { revocation } from './owners-tokens.ts';
import type { FoundPerson } from './people.ts';
import { userOfPerson } from './user-of-person.ts';

/** An organization has a few; the limit keeps a machine from making thousands. */
export const teamsMax = 200;

/** @throws CallerError when there is a team of that name, or there are too many */
export async function createOwnTeam(
  dependencies: IssueTokenDependencies,
  { id: organization }: Organization,
  name: string,
  accountable: Accountable,
): Promise<OwnTeam> {
  const { table, randomBytes } = dependencies;
  const team = { id: newId<OwnTeamId>(randomBytes), name, slug: slugOf(name) };
  await inTurnOfNames(table, organization, async (turn) => {
    const others = await ownTeamsOf(table, organization);
    refuseNamesake(team, others);
    if (others.length >= teamsMax) {
      throw new CallerError('conflict', `an organization can have ${teamsMax} teams of its own`);
    }
    await table.transact([
      addOwnTeam(organization, team),
      ...turn,
      ownerAct(dependencies, organization, accountable, 'create-team', name, {
        after: { team: team.id, name },
      }),
    ]);
  });
  return team;
}

/** @throws CallerError when there is another team of that name, or the team is gone */
export async function renameTeam(
  dependencies: IssueTokenDependencies,
  { id: organization }: Organization,
  { id, name: before }: OwnTeam,
  name: string,
  accountable: Accountable,
): Promise<OwnTeam> {
  const { table } = dependencies;
  const team = { id, name, slug: slugOf(name) };
  await whileThere(() =>
    inTurnOfNames(table, organization, async (turn) => {
      refuseNamesake(team, await ownTeamsOf(table, organization));
      await table.transact([
        renameOwnTeam(organization, team, before),
        ...turn,
        ownerAct(dependencies, organization, accountable, 'rename-team', before, {
          before: { name: before },
          after: { team: id, name },
        }),
      ]);
    }),
  );
  return team;
}

/** New names are given one after the other, so that no two teams get the same. */
const inTurnOfNames = (
  table: Table,
  organization: OrganizationId,
  give: (turn: readonly Operation[]) => Promise<void>,
): Promise<void> => inTurn(table, [keys.creationsIn(organization, 'team-names')], give);

/** Letters and digits of the name, in lower case, with hyphens between them. */
const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '') || 'team';

function refuseNamesake({ id, slug }: OwnTeam, others: readonly OwnTeam[]): void {
  if (others.some((other) => other.slug === slug && other.id !== id)) {
    throw new CallerError('conflict', 'there is a team of that name already');
  }
}

const whileThere = (change: () => Promise<void>): Promise<void> =>
  unlessChanged('somebody changed or deleted the team at the same moment', change);

/** So many members are removed in one transaction. */
const batchMax = 90;

/**
 * Ends the team, its tokens and its rights. Tokens go first and once more at the end: one that is made meanwhile would go on. A call that
 * failed half-way can be repeated.
 *
 * @throws CallerError when somebody changed its rights at the same moment, or the team is gone
 */
export async function deleteTeam(
  dependencies: IssueTokenDependencies,
  { id: organization }: Organization,
  team: OwnTeam,
  accountable: Accountable,
): Promise<void> {
  const { table, clock, workQueue } = dependencies;
  const principal = ownTeamPrincipal(team.id);
  const why = `the team ${team.name} was deleted`;
  const revoke = async (): Promise<unknown> =>
    endTokens(
      dependencies,
      await tokensOf(table, organization, principal),
      Number.POSITIVE_INFINITY,
      (token) => [revocation(dependencies, organization, token, { ...accountable, why })],
    );
  await revoke();
  await removeMembers(dependencies, organization, team.id);
  const [before] = await rightsOfTeams(table, organization, [principal]);
  const grants = grantsWork(organization);
  await whileThere(() =>
    table.transact([
      removeOwnTeam(organization, team.id),
      requestWork(grants, clock.now()),
      ...(before === undefined || before.version === 0
        ? []
        : [setTeamRights(organization, principal, [], before)]),
      ownerAct(dependencies, organization, accountable, 'delete-team', team.name, {
        before: { team: team.id, name: team.name, rights: [...(before?.rights ?? [])] },
      }),
    ]),
  );
  await workQueue.send([grants.message]);
  await removeMembers(dependencies, organization, team.id);
  await revoke();
}

async function removeMembers(
  { table }: IssueTokenDependencies,
  organization: Organization['id'],
  team: OwnTeamId,
): Promise<void> {
  for (;;) {
    const users = await ownTeamMemberPage(table, organization, team, { limit: batchMax });
    await table.transact(users.map((user) => removeOwnTeamMember(organization, team, user)));
    if (users.length < batchMax) {
      return;
    }
  }
}

/**
 * @returns the user, who is made for an account that nobody has signed in with
 * @throws CallerError when the team is gone
 */
export async function addToTeam(
  dependencies: IssueTokenDependencies,
  { id: organization }: Organization,
  team: OwnTeam,
  person: FoundPerson,
  accountable: Accountable,
): Promise<UserId> {
  const { table, clock, workQueue } = dependencies;
  const { user, operations } = await userOfPerson(dependencies, person);
  const view = viewOf(organization, user);
  if (operations.length === 0 && (await isOwnTeamMember(table, organization, team.id, user))) {
    return user;
  }
  await whileThere(() =>
    table.transact([
      ...operations,
      ...addOwnTeamMember(organization, team.id, user),
      requestWork(view, clock.now(), { organization, principal: userPrincipal(user) }),
      memberAct(dependencies, organization, accountable, 'add-team-member', team, person, user),
    ]),
  );
  await workQueue.send([view.message]);
  return user;
}

/** Doing it twice is doing it once. */
export async function removeFromTeam(
  dependencies: IssueTokenDependencies,
  { id: organization }: Organization,
  team: OwnTeam,
  user: UserId,
  accountable: Accountable,
): Promise<void> {
  const { table, clock, workQueue } = dependencies;
  if (await isOwnTeamMember(table, organization, team.id, user)) {
    const view = viewOf(organization, user);
    await table.transact([
      removeOwnTeamMember(organization, team.id, user),
      requestWork(view, clock.now(), { organization, principal: userPrincipal(user) }),
      memberAct(dependencies, organization, accountable, 'remove-team-member', team, { name: user }, user),
    ]);
    await workQueue.send([view.message]);
  }
}

/** What the person reads in the organization. The item may be new, and then names whose it is. */
const viewOf = (organization: OrganizationId, user: UserId) =>
  principalWork(organization, userPrincipal(user));

const memberAct = (
  dependencies: IssueTokenDependencies,
  organization: Organization['id'],
  accountable: Accountable,
  act: string,
  team: OwnTeam,
  { name }: Pick<FoundPerson, 'name'>,
  user: UserId,
): Operation =>
  ownerAct(dependencies, organization, accountable, act, `${name} and team ${team.name}`, {
    after: { team: team.id, person: user, isMember: act === 'add-team-member' },
  });
