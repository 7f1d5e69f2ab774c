/**
 * Says why somebody may install a package, from the function that decides it (shared/domain/access.ts): every way to it, or what is missing
 * and who could give it.
 */
import { decideAccess, type Subject, type Via } from '../domain/access.ts';
import { CallerError } from '../domain/caller-error.ts';
import {
  type ForgeAccountId,
  type ForgeRepositoryId,
  type ForgeTeamId,
  type OrganizationId,
  parsePrincipal,
  type SynchronizationId,
} from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { type RepositoryOf, repositoryKey } from '../domain/repository-key.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { isVcsSynchronization } from '../domain/vcs-repository.ts';
import { findModule } from '../forge/modules.ts';
import { type Decision, decisionsFor, stateOfReader } from '../publish/effective-rights.ts';
import { loadAccessFacts } from '../store/access-fact-store.ts';
import { loadClaims } from '../store/claim-store.ts';
import { findRepositories, findRepository, loadFacts } from '../store/fact-store.ts';
import { findPackageByName, isLiving, packagesOf, type StoredPackage } from '../store/package-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { Token } from '../store/token-store.ts';
import { accountsOf } from '../store/user-store.ts';
import { findVcsRepository } from '../store/vcs-store.ts';
import { listPackages, type Selection } from './list-packages.ts';
import type { FoundPerson, PersonId } from './people.ts';
import { type NamedTeam, type TeamNames, teamNames } from './team-names.ts';

/** One way by which a package may be installed. */
export interface AccessPath {
  readonly through: Exclude<Via['through'], 'granted'> | 'organization';
  readonly synchronization: SynchronizationId;
  /** The account that has the right, where one has. */
  readonly account?: ForgeAccountId;
  /** The code host's own term. With `level` nobody in the team has more; left out where that limits nobody. */
  readonly permission?: string;
  /** What the account is in the team, in the code host's own term, where that decides. */
  readonly level?: string;
  readonly role?: string;
  readonly team?: NamedTeam;
  /** The team that `team` has the right from. */
  readonly inheritedFrom?: NamedTeam;
  /** Those above `team`, up to that one. Missing where the one is not above the other, as with invited groups. */
  readonly above?: readonly NamedTeam[];
}

export interface ReadablePackage {
  readonly name: string;
  readonly paths: readonly AccessPath[];
}

/** With the repository that the right is for. */
export interface ReadableOfRepository extends ReadablePackage {
  readonly source: RepositoryOf;
}

/** Everything that the person may install now, by name. */
export async function packagesReadBy(
  table: Table,
  organization: OrganizationId,
  { reader }: Pick<FoundPerson, 'reader'>,
  now: number,
): Promise<readonly ReadableOfRepository[]> {
  const decisions = await decisionsFor(table, organization, reader, now);
  return readablePackages(table, organization, decisions);
}

/** A page of what was decided or listed. */
export interface ReadablePage<Readable extends ReadablePackage = ReadablePackage> {
  readonly packages: readonly Readable[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

interface PageAsked {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after: string | undefined;
}

/** A page of what was decided, by name. */
export function pageOfReadable<Readable extends ReadablePackage>(
  all: readonly Readable[],
  { limit, after }: PageAsked,
): ReadablePage<Readable> {
  const rest = all.filter(({ name }) => after === undefined || name > after);
  const packages = rest.slice(0, limit);
  return { packages, next: rest.length > packages.length ? packages.at(-1)?.name : undefined };
}

/** The repositories of the packages, in their order; undefined where nothing is known any more. One read for each 100. */
export async function repositoriesOf(
  table: Table,
  packages: readonly Pick<ReadableOfRepository, 'source'>[],
): Promise<readonly ({ readonly id: string; readonly name: string } | undefined)[]> {
  const byKey = new Map(packages.map(({ source }) => [repositoryKey(source), source]));
  const facts = await findRepositories(table, [...byKey.values()]);
  const names = new Map([...byKey.keys()].map((key, place) => [key, facts[place]?.fullName]));
  return packages.map(({ source }) => {
    const id = repositoryKey(source);
    const name = names.get(id);
    return name === undefined ? undefined : { id, name };
  });
}

/**
 * A page of what the token reads in the organization now, by name. Of a token of the whole organization it takes as many reads as the list of
 * packages; of others as many as the facts have MB.
 */
export async function packagesReadWith(
  table: Table,
  organization: Pick<Organization, 'id'>,
  { principal, state }: Token,
  page: PageAsked,
  now: number,
): Promise<ReadablePage> {
  const parts = parsePrincipal(principal);
  if (state === 'revoked' || state === 'expired' || state === 'suspended') {
    return { packages: [], next: undefined };
  }
  if (parts.kind !== 'organization') {
    const { id } = organization;
    const all = await readablePackages(table, id, await decisionsFor(table, id, parts, now));
    return pageOfReadable(all, page);
  }
  const { packages, next } = await listPackages(table, organization, {}, page, everyName);
  return {
    packages: packages
      .filter(({ found }) => isLiving(found))
      .map(({ found: { name, synchronization } }) => ({
        name,
        paths: [{ through: 'organization', synchronization }],
      })),
    next,
  };
}

const everyName: Selection = { select: async () => () => true, candidatesMax: 100 };

async function readablePackages(
  table: Table,
  organization: OrganizationId,
  decisions: readonly Decision[],
): Promise<readonly ReadableOfRepository[]> {
  const ids = decisions.map(({ synchronization }) => synchronization.id);
  const names = await teamNames(table, organization, ids);
  return (await installable(table, organization)).flatMap(({ name, synchronization, repository }) => {
    const paths = pathsTo(decisions, synchronization, repository, names);
    return paths.length === 0 ? [] : [{ name, paths, source: { synchronization, repository } }];
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
    .flatMap(({ subject, readable, synchronization: its }) =>
      (readable.get(repository) ?? []).map((via) => pathOf(via, subject, its, names)),
    );
  // What anybody may read, each account may read too.
  return paths.filter(
    (path, place) =>
      path.through !== 'everyone' || paths.findIndex(({ through }) => through === 'everyone') === place,
  );
}

export function pathOf(
  via: Via,
  subject: Subject,
  { id: synchronization, forge }: Pick<Synchronization, 'id' | 'forge'>,
  names: TeamNames,
): AccessPath {
  if (via.through === 'granted') {
    return { through: 'team', synchronization, team: names.named(via.granted) };
  }
  const named = (team: ForgeTeamId | undefined) => team && names.of(synchronization, team);
  const [below, giver] = [
    'team' in via ? via.team : undefined,
    'inheritedFrom' in via ? via.inheritedFrom : undefined,
  ];
  const [team, inheritedFrom] = [named(below), named(giver)];
  const above = below && giver && names.between(synchronization, below, giver);
  const permission = 'permission' in via ? via.permission : undefined;
  const levels = ('levels' in via ? via.levels : undefined) ?? [];
  const isLimit = via.through !== 'team' || permission !== findModule(forge)?.traits.unlimited;
  const isOfAccount = subject.kind === 'account' && via.through !== 'everyone';
  return {
    through: via.through,
    synchronization,
    ...(isOfAccount ? { account: subject.account } : {}),
    ...(permission !== undefined && isLimit && { permission }),
    ...(levels.length > 0 && { level: levels.join(', ') }),
    ...('role' in via ? { role: via.role } : {}),
    ...(team === undefined ? {} : { team }),
    ...(inheritedFrom === undefined ? {} : { inheritedFrom }),
    ...(above === undefined ? {} : { above }),
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
  /** The person waits for an owner here to activate him, or an owner switched the person off. */
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
  /** The person's id, however it was asked for. */
  readonly person: PersonId;
  /** Of the package; undefined where it is not known any more. */
  readonly repository: { readonly id: string; readonly name: string } | undefined;
  /** Where its repository is, whose rights decide; undefined if that synchronization ended. */
  readonly codeHost: Pick<Synchronization, 'forge' | 'baseUrl' | 'login'> | undefined;
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
  const names = await teamNames(table, organization, [found.synchronization]);
  const repository = await findRepository(table, found.synchronization, found.repository);
  const about = {
    ...{ name, person: person.id },
    repository: repository && { id: repositoryKey(found), name: repository.fact.fullName },
  };
  const paths = isLiving(found) ? pathsTo(decisions, found.synchronization, found.repository, names) : [];
  if (paths.length > 0) {
    const codeHost = decisions.find(
      ({ synchronization: { id } }) => id === found.synchronization && !isVcsSynchronization(id),
    )?.synchronization;
    return { ...about, codeHost, paths, missing: [], couldGive: { owners: [], teams: [] } };
  }
  const synchronization = await findSynchronization(table, found.synchronization);
  const isDisabled = repository?.fact.disabled === true;
  const missing = await missingFor(table, organization, person, { found, synchronization, isDisabled }, now);
  if (isVcsSynchronization(found.synchronization)) {
    const granted = await findVcsRepository(table, organization, found.repository);
    const couldGive = { owners: [], teams: (granted?.readers.teams ?? []).map(names.named) };
    return { ...about, codeHost: undefined, paths, missing, couldGive };
  }
  const members = await loadFacts(table, found.synchronization, 'member');
  const rows = await loadFacts(table, found.synchronization, 'team-repository');
  const teams = new Set(
    rows.filter(({ repository }) => repository === found.repository).map(({ team }) => team),
  );
  return {
    ...about,
    codeHost: synchronization,
    paths,
    missing,
    couldGive: {
      owners: members.filter(({ role }) => role === 'owner').map(({ login }) => login),
      teams: [...teams].map((team) => names.of(found.synchronization, team)),
    },
  };
}

export async function packageNamed(
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

interface Wanted {
  readonly found: StoredPackage;
  /** Undefined if it ended. */
  readonly synchronization: Synchronization | undefined;
  /** Whether the code host disabled the repository. */
  readonly isDisabled: boolean;
}

async function missingFor(
  table: Table,
  organization: OrganizationId,
  { reader }: FoundPerson,
  { found, synchronization, isDisabled }: Wanted,
  now: number,
): Promise<readonly Missing[]> {
  const missing: Missing[] = [];
  if (!isLiving(found) || synchronization === undefined) {
    missing.push('package-unavailable');
  }
  if (isDisabled) {
    missing.push('repository-disabled');
  }
  if (synchronization?.rightsSuspendedAt !== undefined) {
    missing.push('rights-suspended');
  }
  const state = await stateOfReader(table, organization, reader, now);
  missing.push(...(state === 'active' ? [] : [state]));
  if (missing.length > 0 || synchronization === undefined) {
    return missing;
  }
  if (isVcsSynchronization(synchronization.id)) {
    return ['no-right'];
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
