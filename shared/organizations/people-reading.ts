/** Who may install a package, and through what: from the function that decides, for every account that has a fact about it. */
import { type AccessFacts, decideAccess, type Readable, type Subject } from '../domain/access.ts';
import type { ForgeAccountId, ForgeRepositoryId, OrganizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { loadAccessFacts } from '../store/access-fact-store.ts';
import { holdersOf } from '../store/account-holder-store.ts';
import { loadClaims } from '../store/claim-store.ts';
import { personsOf, stateOf } from '../store/member-store.ts';
import type { WaitingRule } from '../store/new-member-store.ts';
import { isLiving } from '../store/package-store.ts';
import { findSynchronization, synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { accountIn, accountsOf } from '../store/user-store.ts';
import { type AccessPath, type NamedTeam, packageNamed, pathOf, teamNames } from './explain-access.ts';
import { type PersonId, personIdOf } from './people.ts';
import { areWaiting } from './waiting-accounts.ts';

export interface PersonWithAccess {
  readonly id: PersonId;
  readonly login: string;
  readonly paths: readonly AccessPath[];
}

export interface PackageAccess {
  /** By login and account. */
  readonly people: readonly PersonWithAccess[];
  /** Where the next page begins. */
  readonly next: string | undefined;
  /** Teams whose tokens read it, which are few. */
  readonly teams: readonly NamedTeam[];
  /** Whether any valid token of the organization reads it. */
  readonly isPublic: boolean;
}

/**
 * Everyone who may install the package now, and through what. The facts of the synchronization are read whole: two reads for thousands of
 * members, and one for each 100 of those who may where new members wait. Users with several accounts are named once, so a page may be short.
 *
 * @param after `next` of the page before
 * @throws CallerError when the organization has no such package
 */

export async function peopleReading(
  table: Table,
  organization: WaitingRule,
  name: string,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  now: number,
): Promise<PackageAccess> {
  const found = await packageNamed(table, organization.id, name);
  const synchronization = await findSynchronization(table, found.synchronization);
  if (synchronization === undefined || synchronization.rightsSuspendedAt !== undefined || !isLiving(found)) {
    return { people: [], next: undefined, teams: [], isPublic: false };
  }
  const { id } = synchronization;
  const claims = await loadClaims(table, id);
  const facts = aboutRepository(await loadAccessFacts(table, id, undefined, claims), found.repository);
  const names = await teamNames(table, [id]);
  const readableBy = decider(facts, now);
  const isOff = await accountsOff(table, organization.id, synchronization);
  const logins = new Map(
    [...facts.collaborators, ...facts.members].map(({ account, login }) => [account, login]),
  );
  const pathsOf = (subject: Subject): readonly AccessPath[] =>
    (readableBy(subject).get(found.repository) ?? []).map((via) => pathOf(via, subject, id, names));
  const decided = [...logins]
    .filter(([account]) => !isOff.has(account))
    .map(([account, login]) => ({ account, login, place: `${login.toLowerCase()} ${account}` }))
    .map((one) => ({ ...one, paths: pathsOf({ kind: 'account', account: one.account }) }))
    .filter(({ paths }) => paths.length > 0)
    .sort((one, other) => (one.place < other.place ? -1 : 1));
  const everybody = await withoutWaiting(table, organization, synchronization, decided, now);
  const all = everybody.filter(({ place }) => after === undefined || place > after);
  const page = all.slice(0, limit);
  return {
    people: await peopleOf(table, organization, synchronization, page, everybody),
    next: all.length > limit ? page.at(-1)?.place : undefined,
    teams: facts.teams
      .filter(({ team }) => pathsOf({ kind: 'team', team }).some(({ through }) => through !== 'everyone'))
      .map(({ team }) => names(id, team)),
    isPublic: pathsOf({ kind: 'anyone' }).length > 0,
  };
}

interface Row {
  readonly account: ForgeAccountId;
  readonly login: string;
  readonly place: string;
  readonly paths: readonly AccessPath[];
}

async function withoutWaiting(
  table: Table,
  organization: WaitingRule,
  synchronization: Synchronization,
  rows: readonly Row[],
  now: number,
): Promise<readonly Row[]> {
  const synchronizations = await synchronizationsOf(table, organization.id);
  const accounts = rows.map(({ account }) => accountIn(synchronization, account));
  const isWaiting = await areWaiting(table, organization, synchronizations, accounts, now);
  return rows.filter((_, place) => !isWaiting[place]);
}

/** Users under the first of their accounts, with the paths of all. */
async function peopleOf(
  table: Table,
  { id: organization }: WaitingRule,
  synchronization: Synchronization,
  page: readonly Row[],
  everybody: readonly Row[],
): Promise<readonly PersonWithAccess[]> {
  const { id, forge, baseUrl } = synchronization;
  const places = new Map(everybody.map((row, place) => [row.account, place]));
  const accounts = page.map(({ account }) => accountIn(synchronization, account));
  const holders = await holdersOf(table, organization, accounts);
  return page.flatMap(({ account, login }, place) => {
    const { user, accounts: all = [] } = holders[place] ?? {};
    const own = all
      .filter((one) => one.forge === forge && one.baseUrl === baseUrl)
      .flatMap((one) => places.get(one.account) ?? [])
      .sort((one, other) => one - other)
      .flatMap((at) => everybody[at] ?? []);
    const paths = own.flatMap((row) => row.paths);
    return own[0]?.account === account ? [{ id: personIdOf(user, id, account), login, paths }] : [];
  });
}

const aboutRepository = (facts: AccessFacts, repository: ForgeRepositoryId): AccessFacts => ({
  ...facts,
  repositories: facts.repositories.filter((one) => one.repository === repository),
  teamRepositories: facts.teamRepositories.filter((one) => one.repository === repository),
  collaborators: facts.collaborators.filter((one) => one.repository === repository),
});

/** Decides for one subject after the other, each from the facts about it: thousands would look through the rows of all otherwise. */
function decider(facts: AccessFacts, now: number): (subject: Subject) => Readable {
  const members = Map.groupBy(facts.members, ({ account }) => account);
  const teamMembers = Map.groupBy(facts.teamMembers, ({ account }) => account);
  const roleMembers = Map.groupBy(facts.roleMembers, ({ account }) => account);
  const collaborators = Map.groupBy(facts.collaborators, ({ account }) => account);
  return (subject) => {
    if (subject.kind !== 'account') {
      return decideAccess(subject, facts, now);
    }
    const { account } = subject;
    return decideAccess(
      subject,
      {
        ...facts,
        members: members.get(account) ?? [],
        teamMembers: teamMembers.get(account) ?? [],
        roleMembers: roleMembers.get(account) ?? [],
        collaborators: collaborators.get(account) ?? [],
      },
      now,
    );
  };
}

/** The accounts of people who are switched off here, or wait to be activated. */

async function accountsOff(
  table: Table,
  organization: OrganizationId,
  { forge, baseUrl }: Synchronization,
): Promise<ReadonlySet<ForgeAccountId>> {
  const persons = await personsOf(table, organization);
  const users = persons.filter((person) => stateOf(person) !== 'active').map(({ user }) => user);
  const accounts = (await Promise.all(users.map((user) => accountsOf(table, user)))).flat();
  return new Set(
    accounts.filter((one) => one.forge === forge && one.baseUrl === baseUrl).map(({ account }) => account),
  );
}
