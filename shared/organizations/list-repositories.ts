/** The repositories of an organization in pages: which are packages, and why the others are not. */
import { CallerError } from '../domain/caller-error.ts';
import type { RepositoryFact } from '../domain/facts.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { parseRepositoryKey, type RepositoryOf, repositoryKey } from '../domain/repository-key.ts';
import { findRepository, repositoryPage } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { isOfSource, parsePackage } from '../store/package-store.ts';
import { parseScan, type ScanState } from '../store/scan-store.ts';
import { sourcesBetween } from '../store/source-store.ts';
import { findSynchronization, synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';

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
 * A page in the order of synchronizations and ids. Besides the synchronizations three reads: repositories, which of them have a package, and
 * these packages with the scans of all. A page ends with its synchronization, so it may be short.
 *
 * @throws CallerError when `after` is no repository of the organization
 */
export async function listRepositories(
  table: Table,
  organization: Pick<Organization, 'id'>,
  filter: RepositoryFilter,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<RepositoryPage> {
  const ids = (await synchronizationsOf(table, organization.id))
    .map(({ id }) => id)
    .filter((id) => (filter.synchronization ?? id) === id)
    .sort();
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

/** Where a page begins: after a repository, or with a synchronization. */
function placeOf(after: string, ids: readonly SynchronizationId[]) {
  const [first] = after.split('~');
  const synchronization = ids.find((id) => id === first);
  if (synchronization === undefined) {
    throw new CallerError('invalid', 'this page begins at no repository of the organization');
  }
  return { synchronization, repository: parseRepositoryKey(after)?.repository };
}

function fits({ fact, packages }: ListedRepository, filter: RepositoryFilter): boolean {
  const isOfKind = filter.package === undefined || (filter.package === 'none') === (packages.length === 0);
  return isOfKind && fact.fullName.toLowerCase().includes(filter.name ?? '');
}

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
  const items = await table.getMany([
    ...facts.map(({ repository }) => keys.scan(synchronization, repository)),
    ...sources.map(({ number }) => keys.package(id, number)),
  ]);
  const packages = items
    .slice(facts.length)
    .flatMap((item) => (item === undefined ? [] : [parsePackage(item)]))
    .filter(isOfSource);
  return facts.map((fact, place) => {
    const scan = items[place];
    return {
      synchronization,
      repository: fact.repository,
      fact,
      packages: packages.filter((one) => one.repository === fact.repository).map(({ name }) => name),
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
