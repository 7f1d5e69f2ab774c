/** The repositories of an organization in pages: which are packages, and why the others are not. */
import { CallerError } from '../domain/caller-error.ts';
import type { RepositoryFact } from '../domain/facts.ts';
import type { OrganizationId, SynchronizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { parseRepositoryKey, type RepositoryOf, repositoryKey } from '../domain/repository-key.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { findRepositories, findRepository, repositoryPage } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { namesOf } from '../store/name-store.ts';
import { isOfSource, parsePackage } from '../store/package-store.ts';
import { parseScan, type ScanState } from '../store/scan-store.ts';
import { sourcesBetween } from '../store/source-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { type NoPackageReason, type WhyNoPackage, whyNoPackage } from './why-no-package.ts';

export interface ListedRepository extends RepositoryOf {
  readonly fact: RepositoryFact;
  /** Names of its packages; mostly one. */
  readonly packages: readonly string[];
  readonly scan: ScanState | undefined;
}

export interface RepositoryFilter {
  readonly synchronization?: SynchronizationId | undefined;
  /** `none`: only those without a package; `some`: only those with one. */
  readonly package?: 'none' | 'some' | undefined;
  /** Only those without a package for this reason. */
  readonly reason?: NoPackageReason | undefined;
  /** Part of the full name, in lower case. */
  readonly name?: string | undefined;
}

export interface RepositoryPage {
  readonly repositories: readonly ListedRepository[];
  /** The key after which the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** So many, with as many packages, are one read. */
const repositoriesMax = 50;

/**
 * A page in the order of the synchronizations and of ids. Three reads: repositories, which of them have a package, and
 * these packages with the scans of all. A page ends with its synchronization, so it may be short.
 *
 * @throws CallerError when `after` is no repository of the organization
 */
export async function listRepositories(
  table: Table,
  organization: Pick<Organization, 'id'>,
  synchronizations: readonly Pick<Synchronization, 'id'>[],
  filter: RepositoryFilter,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<RepositoryPage> {
  const ids = synchronizations.map(({ id }) => id).filter((id) => (filter.synchronization ?? id) === id);
  const start = after === undefined ? undefined : placeOf(after, ids);
  const at = start?.synchronization ?? ids[0];
  if (at === undefined) {
    return { repositories: [], next: undefined };
  }
  const { facts, last } = await repositoryPage(table, at, {
    limit: Math.min(limit, repositoriesMax),
    after: start?.repository,
  });
  const repositories = await described(table, organization, at, facts);
  const following = ids[ids.indexOf(at) + 1];
  return {
    repositories: repositories.filter((one) => fits(one, filter)),
    next:
      last !== undefined
        ? repositoryKey({ synchronization: at, repository: last })
        : following === undefined
          ? undefined
          : `${following}~`,
  };
}

/**
 * A page of those with the given keys. Three reads: repositories, which packages there are, and these packages with the scans.
 *
 * @param names in their order
 */
export async function listNamedRepositories(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  names: readonly string[],
  filter: RepositoryFilter,
  { limit, after = '' }: { readonly limit: number; readonly after?: string | undefined },
): Promise<RepositoryPage> {
  const following = names.filter((name) => name > after);
  const page = following.slice(0, Math.min(limit, repositoriesMax));
  const named = page
    .flatMap((name) => parseRepositoryKey(name) ?? [])
    .filter(({ synchronization }) => (filter.synchronization ?? synchronization) === synchronization);
  const found = await findRepositories(table, named);
  const isOfPage = new Set(named.map(repositoryKey));
  const numbers = (await namesOf(table, id))
    .filter(({ source }) => isOfPage.has(repositoryKey(source)))
    .map(({ number }) => number);
  const facts = named.flatMap(({ synchronization }, place) => {
    const fact = found[place];
    return fact === undefined ? [] : [{ synchronization, fact }];
  });
  const repositories = await withPackages(table, id, facts, numbers);
  return {
    repositories: repositories.filter((one) => fits(one, filter)),
    next: following.length > page.length ? page.at(-1) : undefined,
  };
}

/** Where a page begins: after a repository, or with a synchronization. */
function placeOf(after: string, ids: readonly SynchronizationId[]) {
  const [first] = after.split('~');
  const synchronization = ids.find((id) => id === first);
  if (synchronization === undefined) {
    throw new CallerError('invalid', 'this page begins at no repository of the organization');
  }
  return { synchronization, repository: parseRepositoryKey(after)?.repository };
}

function fits(repository: ListedRepository, filter: RepositoryFilter): boolean {
  const { fact, packages } = repository;
  const isOfKind = filter.package === undefined || (filter.package === 'none') === (packages.length === 0);
  const isOfReason =
    filter.reason === undefined || reasonsOf(repository).some(({ reason }) => reason === filter.reason);
  return isOfKind && isOfReason && fact.fullName.toLowerCase().includes(filter.name ?? '');
}

/** Why it has no package; empty if it has one, or is not scanned yet. */
export const reasonsOf = ({ packages, scan }: ListedRepository): readonly WhyNoPackage[] =>
  packages.length > 0 ? [] : whyNoPackage(scan);

/** Two reads; more only where repositories have had very many packages. */
async function described(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  synchronization: SynchronizationId,
  facts: readonly RepositoryFact[],
): Promise<readonly ListedRepository[]> {
  const [first, last] = [facts[0]?.repository, facts.at(-1)?.repository];
  if (first === undefined || last === undefined) {
    return [];
  }
  const sources = await sourcesBetween(table, id, synchronization, first, last);
  return withPackages(
    table,
    id,
    facts.map((fact) => ({ synchronization, fact })),
    sources.map(({ number }) => number),
  );
}

/** One read. @param numbers of packages, among which are those of the repositories */
async function withPackages(
  table: Table,
  organization: OrganizationId,
  repositories: readonly Pick<ListedRepository, 'synchronization' | 'fact'>[],
  numbers: readonly number[],
): Promise<readonly ListedRepository[]> {
  const items = await table.getMany([
    ...repositories.map(({ synchronization, fact }) => keys.scan(synchronization, fact.repository)),
    ...numbers.map((number) => keys.package(organization, number)),
  ]);
  const packages = items
    .slice(repositories.length)
    .flatMap((item) => (item === undefined ? [] : [parsePackage(item)]))
    .filter(isOfSource);
  return repositories.map(({ synchronization, fact }, place) => {
    const { repository } = fact;
    const scan = items[place];
    return {
      synchronization,
      repository,
      fact,
      packages: packages
        .filter((one) => one.synchronization === synchronization && one.repository === repository)
        .map(({ name }) => name),
      scan: scan && parseScan(scan),
    };
  });
}

/**
 * One repository.
 *
 * @param key as in `repositoryKey`
 * @throws CallerError when the organization has no such repository
 */
export async function describeRepository(
  table: Table,
  organization: Pick<Organization, 'id'>,
  key: string,
): Promise<ListedRepository> {
  const { synchronization, fact } = await repositoryOf(table, organization, key);
  const [one] = await described(table, organization, synchronization, [fact]);
  return one as ListedRepository;
}

/** @throws CallerError when the organization has no such repository */
export async function repositoryOf(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  key: string,
): Promise<{ readonly synchronization: SynchronizationId; readonly fact: RepositoryFact }> {
  const named = parseRepositoryKey(key);
  const synchronization = named && (await findSynchronization(table, named.synchronization));
  const found =
    named !== undefined && synchronization?.organization === id
      ? await findRepository(table, named.synchronization, named.repository)
      : undefined;
  if (named === undefined || found === undefined) {
    throw new CallerError('not-found', 'There is no such repository here.');
  }
  return { synchronization: named.synchronization, fact: found.fact };
}
