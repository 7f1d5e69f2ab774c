/** Finds the principals whose rights a change may alter: only theirs are computed again. */
import type { Claim } from '../../domain/claim.ts';
import {
  asId,
  type ForgeAccountId,
  type ForgeTeamId,
  type Principal,
  parsePrincipal,
  teamPrincipal,
  type UserId,
  userPrincipal,
} from '../../domain/ids.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { absent } from '../../store/condition.ts';
import { loadFacts } from '../../store/fact-store.ts';
import { type Key, keys } from '../../store/keys.ts';
import { membersAt } from '../../store/member-store.ts';
import { havingTokens } from '../../store/personal-token-store.ts';
import type { Operation, Table } from '../../store/table.ts';
import { accountIn, findUsers } from '../../store/user-store.ts';
import { requestWork, type WorkItem } from '../../store/work.ts';
import { grantsWork, principalWork } from '../../store/work-items.ts';
import type { PlannedChange } from './plan.ts';

/**
 * The most accounts and teams whose views are requested one by one; with more, everybody's are. Most teams are smaller, and half
 * of a transaction is left for the changes.
 */
export const affectedMax = 50;

export interface AffectedPrincipals {
  /** Belongs in the transaction that writes the changes. */
  readonly operations: readonly Operation[];
  /** The work that the operations request. */
  readonly requested: readonly WorkItem[];
}

/**
 * The principals that the changes affect.
 *
 * Principals without a root file need none written. That they still have none is a condition of the transaction: a token issued
 * at the same moment would be published from the facts before the change.
 *
 * @param now milliseconds since the epoch
 * @param isLarge the changes are a batch of so many that everybody is affected
 */
export async function affectedBy(
  table: Table,
  synchronization: Synchronization,
  changes: readonly PlannedChange[],
  now: number,
  isLarge = false,
): Promise<AffectedPrincipals> {
  const rights = changes.filter((change) => change.narrows || change.widens);
  if (rights.length === 0) {
    return { operations: [], requested: [] };
  }
  const named = isLarge ? 'everybody' : await namedBy(table, synchronization, rights);
  return requestNamed(table, synchronization, named, now);
}

/**
 * The principals whose rights claims withdraw. A deleted team or repository may affect thousands, so everybody's views are
 * requested.
 *
 * @param now milliseconds since the epoch
 */
export async function affectedByClaims(
  table: Table,
  synchronization: Synchronization,
  claims: readonly Pick<Claim, 'key'>[],
  now: number,
): Promise<AffectedPrincipals> {
  if (claims.length === 0) {
    return { operations: [], requested: [] };
  }
  const accounts = new Set<ForgeAccountId>();
  const changedTeams = new Set<ForgeTeamId>();
  for (const { key } of claims) {
    const [kind, id = ''] = key.split('#');
    if (kind === 'team' || kind === 'repository') {
      return affectingEverybody(synchronization, now);
    }
    if (kind === 'team-repository') {
      changedTeams.add(asId(id));
    } else {
      accounts.add(asId(id));
    }
  }
  const teams =
    changedTeams.size === 0 ? changedTeams : await withDescendants(table, synchronization, changedTeams);
  const members = await membersOf(table, synchronization, teams);
  const owners = await endOwners(table, synchronization, claims, now);
  return requestNamed(
    table,
    synchronization,
    { accounts: new Set([...accounts, ...members]), teams, owners },
    now,
  );
}

/** Whether one of the members whom the claims withdraw is an owner. */
async function endOwners(
  table: Table,
  { id }: Synchronization,
  claims: readonly Pick<Claim, 'key'>[],
  now: number,
): Promise<boolean> {
  const accounts = claims.flatMap(({ key }) => {
    const [kind, account = ''] = key.split('#');
    return kind === 'member' ? [asId<ForgeAccountId>(account)] : [];
  });
  const members = await membersAt(
    table,
    accounts.map((account) => ({ synchronization: id, account })),
    now,
  );
  return members.some((member) => member?.role === 'owner');
}

/** Every principal of the organization. @param now milliseconds since the epoch */
export function affectingEverybody({ organization }: Synchronization, now: number): AffectedPrincipals {
  const grants = grantsWork(organization);
  return { operations: [requestWork(grants, now)], requested: [grants] };
}

async function requestNamed(
  table: Table,
  synchronization: Synchronization,
  named: Named | 'everybody',
  now: number,
): Promise<AffectedPrincipals> {
  if (named === 'everybody' || named.accounts.size + named.teams.size > affectedMax) {
    return affectingEverybody(synchronization, now);
  }
  const operations: Operation[] = [];
  const requested: WorkItem[] = [];
  const { organization, id, forge, baseUrl } = synchronization;
  const accounts = [...named.accounts];
  const users = await findUsers(
    table,
    accounts.map((account) => accountIn(synchronization, account)),
  );
  const principals = new Set<Principal>();
  for (const [place, account] of accounts.entries()) {
    const user = users[place];
    if (user === undefined) {
      operations.push(stillMissing(keys.account(forge, baseUrl, account)));
    } else {
      principals.add(userPrincipal(user));
    }
  }
  for (const team of named.teams) {
    principals.add(teamPrincipal(id, team));
  }
  const workItems = [...principals].map((principal) => principalWork(organization, principal));
  const items = await table.getMany(workItems.map(({ key }) => key));
  const withTokens = await personalPrincipals(
    table,
    [...principals].filter((_, place) => items[place] === undefined),
  );
  for (const [place, workItem] of workItems.entries()) {
    const { principal } = workItem.message.message;
    if (items[place] === undefined && !withTokens.has(principal)) {
      operations.push(stillMissing(workItem.key));
    } else if (items[place] === undefined) {
      operations.push(requestWork(workItem, now, { organization, principal }));
      requested.push(workItem);
    } else {
      operations.push(requestWork(workItem, now));
      requested.push(workItem);
    }
  }
  if (named.owners) {
    // Last: whom the change names does not wait for the others.
    const everybody = affectingEverybody(synchronization, now);
    operations.push(...everybody.operations);
    requested.push(...everybody.requested);
  }
  return { operations, requested };
}

/** Those of the principals who are users with tokens of their own: these read in an organization from the first right there on. */
async function personalPrincipals(
  table: Table,
  principals: readonly Principal[],
): Promise<ReadonlySet<unknown>> {
  const users = principals.map((principal) => parsePrincipal(principal));
  const ids = users.flatMap((parts) => (parts.kind === 'user' ? [parts.user] : []));
  const having = ids.length === 0 ? new Set<UserId>() : await havingTokens(table, ids);
  return new Set([...having].map(userPrincipal));
}

const stillMissing = (key: Key): Operation => ({ check: key, when: absent });

interface Named {
  readonly accounts: ReadonlySet<ForgeAccountId>;
  readonly teams: ReadonlySet<ForgeTeamId>;
  /** Who the owners are may have changed, and so which tokens count that owners made for the organization. They may be many. */
  readonly owners: boolean;
}

async function namedBy(
  table: Table,
  synchronization: Synchronization,
  changes: readonly PlannedChange[],
): Promise<Named | 'everybody'> {
  const accounts = new Set<ForgeAccountId>();
  const teams = new Set<ForgeTeamId>();
  const changedTeams = new Set<ForgeTeamId>();
  const owners = changes.some(isOfOwner);
  for (const { fact } of changes) {
    switch (fact.kind) {
      case 'settings':
      case 'repository':
      // All teams below have its roles, but not when a team between them is missing.
      case 'role-team':
      case 'team':
        return 'everybody';
      case 'role-member':
      case 'member':
      case 'team-member':
      case 'collaborator':
        accounts.add(fact.account);
        break;
      case 'team-repository':
        teams.add(fact.team);
        changedTeams.add(fact.team);
        break;
    }
  }
  // Accounts that join or leave the team in the same plan are named by their own rows.
  const members = await membersOf(table, synchronization, changedTeams);
  return { accounts: new Set([...accounts, ...members]), teams, owners };
}

/** Whether somebody becomes an owner, or is one no more. */
const isOfOwner = (change: PlannedChange): boolean =>
  [change.fact, 'before' in change ? change.before : undefined].some(
    (fact) => fact?.kind === 'member' && fact.role === 'owner',
  );

async function membersOf(
  table: Table,
  { id }: Synchronization,
  teams: ReadonlySet<ForgeTeamId>,
): Promise<readonly ForgeAccountId[]> {
  const rows = teams.size === 0 ? [] : await loadFacts(table, id, 'team-member');
  return rows.filter(({ team }) => teams.has(team)).map(({ account }) => account);
}

/** The teams and all teams below them, which inherit their rights. */
async function withDescendants(
  table: Table,
  { id }: Synchronization,
  teams: ReadonlySet<ForgeTeamId>,
): Promise<ReadonlySet<ForgeTeamId>> {
  const tree = await loadFacts(table, id, 'team');
  const found = new Set(teams);
  for (let size = 0; size < found.size; ) {
    size = found.size;
    for (const { team, parent } of tree) {
      if (parent !== undefined && found.has(parent)) {
        found.add(team);
      }
    }
  }
  return found;
}
