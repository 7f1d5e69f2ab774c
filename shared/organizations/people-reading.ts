/** Who may install a package, and through what: from the function that decides, for every account that has a fact about it. */
import { type AccessFacts, decideAccess, type Readable, type Subject } from '../domain/access.ts';
import type { ForgeAccountId, ForgeRepositoryId, OrganizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { loadAccessFacts } from '../store/access-fact-store.ts';
import { loadClaims } from '../store/claim-store.ts';
import { personsOf, stateOf } from '../store/member-store.ts';
import { isLiving } from '../store/package-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { accountIn, accountsOf, findUsers } from '../store/user-store.ts';
import { type AccessPath, type NamedTeam, packageNamed, pathOf, teamNames } from './explain-access.ts';
import { type PersonId, personIdOf } from './people.ts';

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
 * members.
 *
 * @param after `next` of the page before
 * @throws CallerError when the organization has no such package
 */

export async function peopleReading(
  table: Table,
  { id: organization }: Pick<Organization, 'id'>,
  name: string,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  now: number,
): Promise<PackageAccess> {
  const found = await packageNamed(table, organization, name);
  const synchronization = await findSynchronization(table, found.synchronization);
  if (synchronization === undefined || synchronization.rightsSuspendedAt !== undefined || !isLiving(found)) {
    return { people: [], next: undefined, teams: [], isPublic: false };
  }
  const { id } = synchronization;
  const claims = await loadClaims(table, id);
  const facts = aboutRepository(await loadAccessFacts(table, id, undefined, claims), found.repository);
  const names = await teamNames(table, [id]);
  const readableBy = decider(facts, now);
  const isOff = await accountsOff(table, organization, synchronization);
  const logins = new Map(
    [...facts.collaborators, ...facts.members].map(({ account, login }) => [account, login]),
  );
  const pathsOf = (subject: Subject): readonly AccessPath[] =>
    (readableBy(subject).get(found.repository) ?? []).map((via) => pathOf(via, subject, id, names));
  const all = [...logins]
    .filter(([account]) => !isOff.has(account))
    .map(([account, login]) => ({ account, login, place: `${login.toLowerCase()} ${account}` }))
    .map((one) => ({ ...one, paths: pathsOf({ kind: 'account', account: one.account }) }))
    .filter(({ paths, place }) => paths.length > 0 && (after === undefined || place > after))
    .sort((one, other) => (one.place < other.place ? -1 : 1));
  const page = all.slice(0, limit);
  const users = await findUsers(
    table,
    page.map(({ account }) => accountIn(synchronization, account)),
  );
  return {
    people: page.map(({ account, login, paths }, place) => ({
      id: personIdOf(users[place], id, account),
      login,
      paths,
    })),
    next: all.length > limit ? page.at(-1)?.place : undefined,
    teams: facts.teams
      .filter(({ team }) => pathsOf({ kind: 'team', team }).some(({ through }) => through !== 'everyone'))
      .map(({ team }) => names(id, team)),
    isPublic: pathsOf({ kind: 'anyone' }).length > 0,
  };
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
