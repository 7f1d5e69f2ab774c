/**
 * The people of an organization that no code host knows: owners invite who has signed in, and remove them. Once its members were read from a code
 * host, that alone says who they are.
 */
import type { PersonState } from '../domain/access.ts';
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import { type UserId, userPrincipal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { ownersByHandCount, primaryOf } from '../domain/primary.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { absent } from '../store/condition.ts';
import { inTurn } from '../store/creation-turn.ts';
import {
  findInvitation,
  invitationPage,
  inviteStill,
  isOpen,
  removeInvitation,
} from '../store/invitation-store.ts';
import { keys } from '../store/keys.ts';
import {
  belongsByHand,
  findPerson,
  forgetPerson,
  isNamed,
  isStillOwner,
  type Person,
  personPage,
  personsOf,
  putPerson,
  stateOf,
} from '../store/member-store.ts';
import { changeOwners, findOrganization } from '../store/organization-store.ts';
import { ownTeamMembershipsOf, removeOwnTeamMember } from '../store/own-team-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Operation, Table } from '../store/table.ts';
import { findUserByLogin, readUser, readUsers, type User } from '../store/user-store.ts';
import { requestWork } from '../store/work.ts';
import { grantsWork, principalWork } from '../store/work-items.ts';
import type { IssueTokenDependencies } from '../tokens/issue-token.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

/** A user, or who signed in last under a login of a code host. */
export type NamedPerson = { readonly user: UserId } | { readonly host: ForgeHost; readonly login: string };

export type RoleByHand = 'owner' | 'member';

/** A login that was last seen longer ago may be somebody else's by now; milliseconds. */
const loginMs = 90 * 24 * 3600_000;

/**
 * Invites somebody who has signed in, as a member or an owner; a member becomes an owner at once, and so does whoever adds himself.
 *
 * @throws CallerError `not-found` when nobody such has signed in; `conflict` where code hosts say who the people are, for somebody switched off,
 *  for an owner who would become a member, and when too many are invited already
 */
export async function addPersonByHand(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  named: NamedPerson,
  role: RoleByHand,
  accountable: Accountable,
): Promise<{ readonly user: User; readonly state: 'active' | 'invited' }> {
  const { table } = dependencies;
  await refuseSynchronized(table, organization);
  const user = await personNamed(dependencies, named);
  const before = await findPerson(table, organization.id, user.id);
  if (stateOf(before) !== 'active') {
    throw new CallerError('conflict', 'the person is switched off or waits here: switch the person on');
  }
  if (before.isOwner && role === 'member') {
    throw new CallerError('conflict', 'the person owns the organization: remove the person first');
  }
  const isSelf = accountable.actor?.kind === 'user' && accountable.actor.id === user.id;
  const state = isSelf || before.isOwner || before.isMember ? 'active' : 'invited';
  const act = ownerAct(dependencies, organization.id, accountable, 'add-person', user.login, {
    after: { person: user.id, role, state },
  });
  if (state === 'invited') {
    await invite(dependencies, organization, { user: user.id, person: before }, role, act);
    return { user, state };
  }
  const after = { ...before, isOwner: role === 'owner', isMember: true };
  await changePeople(dependencies, organization, user.id, [
    ...putPerson(organization.id, user.id, after, before),
    ...(after.isOwner ? [changeOwners(organization)] : []),
    act,
  ]);
  return { user, state };
}

/** Open invitations of an organization. */
export const invitationsMax = 200;

/** Invites, or changes what is offered. @throws CallerError `conflict` when too many are invited already */
async function invite(
  { table, clock }: IssueTokenDependencies,
  { id }: Organization,
  { user, person }: { readonly user: UserId; readonly person: Person },
  role: RoleByHand,
  act: Operation,
): Promise<void> {
  await told(() =>
    inTurn(table, [keys.creationsIn(id, 'invitations')], async (turn) => {
      const open = await invitationPage(table, id, { limit: invitationsMax });
      if (open.length === invitationsMax && (await findInvitation(table, id, user)) === undefined) {
        throw new CallerError(
          'conflict',
          `at most ${invitationsMax} people can be invited at a time; withdraw an invitation first`,
        );
      }
      const invitation = { role, at: clock.now() };
      await table.transact([...inviteStill(id, user, invitation, person), act, ...turn]);
    }),
  );
}

/** @throws CallerError `conflict` where code hosts say who the people are */
export async function refuseSynchronized(table: Table, organization: Organization): Promise<void> {
  const primary = primaryOf(organization, await synchronizationsOf(table, organization.id));
  if (!ownersByHandCount(primary)) {
    throw new CallerError('conflict', 'the code host says who the people of this organization are');
  }
}

async function personNamed({ table, clock }: IssueTokenDependencies, named: NamedPerson): Promise<User> {
  const user =
    'user' in named
      ? await readUser(table, named.user)
      : await findUserByLogin(table, { ...named.host, login: named.login }, clock.now() - loginMs);
  const hasSignedIn = user?.accounts.some(({ lastSignInAt }) => lastSignInAt !== undefined);
  if (user === undefined || !hasSignedIn) {
    throw new CallerError(
      'not-found',
      'user' in named
        ? 'nobody with this id has signed in here'
        : 'nobody has signed in here with that login within 90 days: the person has to sign in first; whom the installation does not let in yet, an administrator puts on its allow-list',
    );
  }
  return user;
}

/**
 * The person belongs to the organization no more, or is not invited any more.
 *
 * @throws CallerError `not-found` for somebody who was not added by hand; `conflict` for the last owner, and where code hosts say who the people are
 */
export async function removePersonByHand(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  user: UserId,
  accountable: Accountable,
): Promise<void> {
  const { table } = dependencies;
  const { id } = organization;
  const invitation = await findInvitation(table, id, user);
  if (invitation !== undefined && !belongsByHand(await findPerson(table, id, user))) {
    const subject = (await readUser(table, user))?.login ?? user;
    await changeAtOnce(table, [
      ...removeInvitation(id, user, invitation),
      ownerAct(dependencies, id, accountable, 'remove-person', subject, {
        before: { person: user, role: invitation.role, state: 'invited' },
      }),
    ]);
    return;
  }
  if (!(await isNamed(table, id, user))) {
    throw new CallerError('not-found', 'the organization has no such person');
  }
  await endPersonByHand(dependencies, organization, user, accountable, 'remove-person');
}

/**
 * Ends a membership by hand, an invitation beside it, and memberships in teams that were made by hand. Whoever was switched off stays so.
 *
 * @throws CallerError `conflict` for the last owner, and where code hosts say who the people are
 */
export async function endPersonByHand(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  user: UserId,
  accountable: Accountable,
  act: 'remove-person' | 'leave-organization',
): Promise<void> {
  const { table } = dependencies;
  const { id } = organization;
  await refuseSynchronized(table, organization);
  const before = await findPerson(table, id, user);
  const rest = before.isOwner ? await anotherOwner(table, organization, user) : [];
  for (const team of await ownTeamMembershipsOf(table, id, user)) {
    await table.transact([removeOwnTeamMember(id, team, user)]);
  }
  const isKept = stateOf(before) !== 'active';
  const invitation = await findInvitation(table, id, user);
  await changePeople(dependencies, organization, user, [
    ...rest,
    ...(invitation === undefined ? [] : removeInvitation(id, user, invitation)),
    ...(isKept
      ? putPerson(id, user, { ...before, isOwner: false, isMember: false }, before)
      : forgetPerson(id, user, before)),
    ownerAct(dependencies, id, accountable, act, (await readUser(table, user))?.login ?? user, {
      before: { person: user, role: before.isOwner ? 'owner' : 'member' },
    }),
  ]);
}

/** The condition that another owner stays: two who remove each other at once do not both succeed. */
async function anotherOwner(table: Table, { id }: Organization, user: UserId): Promise<readonly Operation[]> {
  // Read before the owners.
  const organization = await findOrganization(table, id);
  const other = (await personsOf(table, id)).find(
    (person) => person.isOwner && stateOf(person) === 'active' && person.user !== user,
  );
  if (other === undefined || organization === undefined) {
    throw new CallerError('conflict', 'it is the last owner: somebody has to own the organization');
  }
  return [isStillOwner(id, other.user), changeOwners(organization)];
}

/**
 * Also has what the person's tokens read decided again, and, since they count while their maker owns the organization, all tokens that owners
 * made for it, in whichever organization.
 */
export async function changePeople(
  { table, workQueue, clock }: IssueTokenDependencies,
  { id }: Organization,
  user: UserId,
  operations: readonly Operation[],
): Promise<void> {
  const own = principalWork(id, userPrincipal(user));
  const grants = grantsWork(id);
  const hasView = (await table.get(own.key)) !== undefined;
  const now = clock.now();
  await changeAtOnce(table, [
    ...operations,
    hasView ? requestWork(own, now) : { check: own.key, when: absent },
    requestWork(grants, now),
  ]);
  await workQueue.send([...(hasView ? [own.message] : []), grants.message]);
}

/** @throws CallerError `conflict` when a condition does not hold any more */
const changeAtOnce = (table: Table, operations: readonly Operation[]): Promise<void> =>
  told(() => table.transact(operations));

const told = (change: () => Promise<void>): Promise<void> =>
  unlessChanged('the people of the organization changed at the same moment; try again', change);

export interface PersonByHand {
  readonly id: UserId;
  readonly login: string;
  readonly role: RoleByHand;
  readonly isKnown: true;
  readonly state: ListedState;
}

/** Also those who are invited, and belong to the organization once they accept. */
export type ListedState = PersonState | 'invited';

/** A page of those who belong to the organization by hand or are invited, by id; it may be short before the last. Three reads. */
export async function peopleByHandPage(
  table: Table,
  organization: Organization['id'],
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  now: number,
): Promise<{ readonly people: readonly PersonByHand[]; readonly next: string | undefined }> {
  const [persons, invitations] = await Promise.all([
    personPage(table, organization, { limit, after }),
    invitationPage(table, organization, { limit, after }),
  ]);
  const said = persons.map((person) => ({
    user: person.user,
    isHere: belongsByHand(person),
    role: person.isOwner ? ('owner' as const) : ('member' as const),
    state: stateOf(person),
  }));
  const invited = invitations.map(({ user, role, at }) => ({
    ...{ user, role, isHere: isOpen({ role, at }, now), state: 'invited' as const },
  }));
  // Each once: earlier versions kept invitations of members.
  const named = said.filter(({ isHere }) => isHere);
  const each = new Map([...said, ...invited, ...named].map((one) => [one.user, one]));
  const page = [...each.values()].sort((one, other) => (one.user < other.user ? -1 : 1)).slice(0, limit);
  const here = page.filter(({ isHere }) => isHere);
  const users = await readUsers(
    table,
    here.map(({ user }) => user),
  );
  return {
    people: here.map(({ user, role, state }, place) => ({
      ...{ id: user, login: users[place]?.login ?? user, role, state },
      isKnown: true,
    })),
    next: page.length < limit ? undefined : page.at(-1)?.user,
  };
}
