/**
 * Says why somebody may install a package, from the function that decides it (shared/domain/access.ts): every way to it, or what is missing
 * and who could give it.
 */
import { type AccessFacts, decideAccess, type Readable, type Subject, type Via } from '../domain/access.ts';
import { CallerError } from '../domain/caller-error.ts';
import {
  type ForgeAccountId,
  type ForgeRepositoryId,
  type ForgeTeamId,
  type OrganizationId,
  type Principal,
  parsePrincipal,
  type SynchronizationId,
  teamPrincipal,
} from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { type Decision, decisionsFor } from '../publish/effective-rights.ts';
import { loadClaims } from '../store/claim-store.ts';
import { findRepository, loadAccessFacts, loadFacts } from '../store/fact-store.ts';
import { findPerson, personsOf, stateOf } from '../store/member-store.ts';
import { findPackageByName, isLiving, packagesOf, type StoredPackage } from '../store/package-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { Token } from '../store/token-store.ts';
import { accountIn, accountsOf, findUsers } from '../store/user-store.ts';
import { type FoundPerson, type PersonId, personIdOf } from './people.ts';

export interface NamedTeam {
  readonly id: Principal;
  readonly name: string;
}

/** One way by which a package may be installed. */
export interface AccessPath {
  readonly through: Via['through'] | 'organization';
  readonly synchronization: SynchronizationId;
  /** The account that has the right, where one has. */
  readonly account?: ForgeAccountId;
  /** The code host's own term. */
  readonly permission?: string;
  readonly role?: string;
  readonly team?: NamedTeam;
  /** The team that `team` has the right from. */
  readonly inheritedFrom?: NamedTeam;
}

export interface ReadablePackage {
  readonly name: string;
  readonly paths: readonly AccessPath[];
}

type TeamNames = (synchronization: SynchronizationId, team: ForgeTeamId) => NamedTeam;

/** Everything that the person may install now, by name. */
export async function packagesReadBy(
  table: Table,
  organization: OrganizationId,
  { reader }: Pick<FoundPerson, 'reader'>,
  now: number,
): Promise<readonly ReadablePackage[]> {
  const decisions = await decisionsFor(table, organization, reader, now);
  return readablePackages(table, organization, decisions);
}

/** Everything that the token reads in the organization now, by name. */
export async function packagesReadWith(
  table: Table,
  organization: OrganizationId,
  { principal, state }: Token,
  now: number,
): Promise<readonly ReadablePackage[]> {
  const parts = parsePrincipal(principal);
  if (state === 'revoked' || state === 'expired' || state === 'suspended') {
    return [];
  }
  if (parts.kind !== 'organization') {
    return readablePackages(table, organization, await decisionsFor(table, organization, parts, now));
  }
  return (await installable(table, organization)).map(({ name, synchronization }) => ({
    name,
    paths: [{ through: 'organization', synchronization }],
  }));
}

async function readablePackages(
  table: Table,
  organization: OrganizationId,
  decisions: readonly Decision[],
): Promise<readonly ReadablePackage[]> {
  const names = await teamNames(
    table,
    decisions.map(({ synchronization }) => synchronization.id),
  );
  return (await installable(table, organization)).flatMap(({ name, synchronization, repository }) => {
    const paths = pathsTo(decisions, synchronization, repository, names);
    return paths.length === 0 ? [] : [{ name, paths }];
  });
}

const installable = async (table: Table, organization: OrganizationId): Promise<readonly StoredPackage[]> =>
  (await packagesOf(table, organization))
    .filter(isLiving)
    .sort((one, other) => (one.name < other.name ? -1 : 1));

function pathsTo(
  decisions: readonly Decision[],
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
  names: TeamNames,
): readonly AccessPath[] {
  const paths = decisions
    .filter((decision) => decision.synchronization.id === synchronization)
    .flatMap(({ subject, readable }) =>
      (readable.get(repository) ?? []).map((via) => pathOf(via, subject, synchronization, names)),
    );
  // What anybody may read, each account may read too.
  return paths.filter(
    (path, place) =>
      path.through !== 'everyone' || paths.findIndex(({ through }) => through === 'everyone') === place,
  );
}

function pathOf(
  via: Via,
  subject: Subject,
  synchronization: SynchronizationId,
  names: TeamNames,
): AccessPath {
  const named = (team: ForgeTeamId | undefined) => team && names(synchronization, team);
  const team = named('team' in via ? via.team : undefined);
  const inheritedFrom = named('inheritedFrom' in via ? via.inheritedFrom : undefined);
  const isOfAccount = subject.kind === 'account' && via.through !== 'everyone';
  return {
    through: via.through,
    synchronization,
    ...(isOfAccount ? { account: subject.account } : {}),
    ...('permission' in via ? { permission: via.permission } : {}),
    ...('role' in via ? { role: via.role } : {}),
    ...(team === undefined ? {} : { team }),
    ...(inheritedFrom === undefined ? {} : { inheritedFrom }),
  };
}

async function teamNames(table: Table, ids: readonly SynchronizationId[]): Promise<TeamNames> {
  const names = new Map<Principal, string>();
  for (const id of new Set(ids)) {
    for (const { team, name } of await loadFacts(table, id, 'team')) {
      names.set(teamPrincipal(id, team), name);
    }
  }
  return (synchronization, team) => {
    const id = teamPrincipal(synchronization, team);
    return { id, name: names.get(id) ?? team };
  };
}

/** Why somebody may not install a package. */
export type Missing =
  /** Its files are not published, or its repository is out of reach. */
  | 'package-unavailable'
  /** Its code host disabled the repository. */
  | 'repository-disabled'
  /** The code host was not read for too long. */
  | 'rights-suspended'
  /** Owners here have to activate the person first, or switched the person off. */
  | 'waiting'
  | 'off'
  /** The person has no account on the package's code host. */
  | 'no-account'
  /** An event took the right, and no read has said otherwise yet. */
  | 'withdrawn'
  /** No account of the person is a member, or a collaborator on the repository. */
  | 'no-member'
  /** A member whom nothing gives the right. */
  | 'no-right';

export interface Explanation extends ReadablePackage {
  readonly missing: readonly Missing[];
  /** Who could give what is missing: owners on the code host by login, or whoever adds to a team that may read it. */
  readonly couldGive: { readonly owners: readonly string[]; readonly teams: readonly NamedTeam[] };
}

/** @throws CallerError when the organization has no such package */
export async function explainAccess(
  table: Table,
  { id: organization }: Pick<Organization, 'id'>,
  person: FoundPerson,
  name: string,
  now: number,
): Promise<Explanation> {
  const found = await packageNamed(table, organization, name);
  const decisions = await decisionsFor(table, organization, person.reader, now);
  const names = await teamNames(table, [found.synchronization]);
  const paths = isLiving(found) ? pathsTo(decisions, found.synchronization, found.repository, names) : [];
  if (paths.length > 0) {
    return { name, paths, missing: [], couldGive: { owners: [], teams: [] } };
  }
  const synchronization = await findSynchronization(table, found.synchronization);
  const missing = await missingFor(table, organization, person, found, synchronization, now);
  const members = await loadFacts(table, found.synchronization, 'member');
  const rows = await loadFacts(table, found.synchronization, 'team-repository');
  const teams = new Set(
    rows.filter(({ repository }) => repository === found.repository).map(({ team }) => team),
  );
  return {
    name,
    paths,
    missing,
    couldGive: {
      owners: members.filter(({ role }) => role === 'owner').map(({ login }) => login),
      teams: [...teams].map((team) => names(found.synchronization, team)),
    },
  };
}

async function packageNamed(
  table: Table,
  organization: OrganizationId,
  name: string,
): Promise<StoredPackage> {
  const found = await findPackageByName(table, organization, name);
  if (found === undefined || found.state === 'deleted') {
    throw new CallerError('not-found', 'the organization has no such package');
  }
  return found;
}

async function missingFor(
  table: Table,
  organization: OrganizationId,
  { reader }: FoundPerson,
  found: StoredPackage,
  synchronization: Synchronization | undefined,
  now: number,
): Promise<readonly Missing[]> {
  const missing: Missing[] = [];
  if (!isLiving(found) || synchronization === undefined) {
    missing.push('package-unavailable');
  }
  const repository = await findRepository(table, found.synchronization, found.repository);
  if (repository?.fact.disabled) {
    missing.push('repository-disabled');
  }
  if (synchronization?.rightsSuspendedAt !== undefined) {
    missing.push('rights-suspended');
  }
  if (reader.kind === 'user') {
    const state = stateOf(await findPerson(table, organization, reader.user));
    missing.push(...(state === 'active' ? [] : [state]));
  }
  if (missing.length > 0 || synchronization === undefined) {
    return missing;
  }
  const accounts = await accountsAt(table, reader, synchronization);
  if (accounts.length === 0) {
    return ['no-account'];
  }
  const claims = await loadClaims(table, synchronization.id);
  for (const account of accounts) {
    const subject: Subject = { kind: 'account', account };
    const facts = await loadAccessFacts(table, synchronization.id, subject);
    // What would hold without the claims of events.
    if (claims.length > 0 && decideAccess(subject, facts, now).has(found.repository)) {
      return ['withdrawn'];
    }
    if (facts.members.length > 0) {
      return ['no-right'];
    }
  }
  return ['no-member'];
}

async function accountsAt(
  table: Table,
  reader: FoundPerson['reader'],
  { id, forge, baseUrl }: Synchronization,
): Promise<readonly ForgeAccountId[]> {
  if (reader.kind === 'user') {
    const accounts = await accountsOf(table, reader.user);
    return accounts
      .filter((one) => one.forge === forge && one.baseUrl === baseUrl)
      .map(({ account }) => account);
  }
  return reader.kind === 'account' && reader.synchronization === id ? [reader.account] : [];
}

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
