/** Repositories at a URL, as owners see them. */
import { CallerError } from '../domain/caller-error.ts';
import type { Organization } from '../domain/organization.ts';
import { parseRepositoryKey, type RepositoryOf } from '../domain/repository-key.ts';
import { nextReadAt, vcsSynchronization } from '../domain/vcs-repository.ts';
import type { ScanState } from '../store/scan-store.ts';
import type { Table } from '../store/table.ts';
import { findVcsRepository, type StoredVcsRepository, vcsRepositoriesOf } from '../store/vcs-store.ts';
import { describeRepository, type ListedRepository, listRepositories } from './list-repositories.ts';
import { type NamedTeam, teamNames } from './team-names.ts';

export interface DescribedVcsRepository {
  readonly stored: StoredVcsRepository;
  readonly listed: ListedRepository;
  readonly teams: readonly NamedTeam[];
  /** `new`: not read yet. */
  readonly state: 'new' | 'reading' | 'failed' | 'working';
  /** Milliseconds since the epoch. */
  readonly nextReadAt: number | undefined;
}

/** A page by id. Seven reads, and one for each synchronization. */
export async function listVcs(
  table: Table,
  organization: Pick<Organization, 'id'>,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly repositories: readonly DescribedVcsRepository[]; readonly next: string | undefined }> {
  const synchronization = vcsSynchronization(organization.id);
  const all = new Map((await vcsRepositoriesOf(table, organization.id)).map((one) => [one.repository, one]));
  const { repositories, next } = await listRepositories(
    table,
    organization,
    [{ id: synchronization }],
    {},
    page,
  );
  const names = await teamNames(table, organization.id, [synchronization]);
  return {
    repositories: repositories.flatMap((listed) => {
      const stored = all.get(listed.repository);
      return stored === undefined ? [] : [describe(stored, listed, names.named)];
    }),
    next,
  };
}

/** @param key as in `repositoryKey` @throws CallerError when the organization has no such repository at a URL */
export async function describeVcs(
  table: Table,
  organization: Pick<Organization, 'id'>,
  key: string,
): Promise<DescribedVcsRepository> {
  const stored = await vcsRepositoryCalled(table, organization, key);
  const listed = await describeRepository(table, organization, key);
  const names = await teamNames(table, organization.id, [vcsSynchronization(organization.id)]);
  return describe(stored, listed, names.named);
}

/** @param key as in `repositoryKey` @throws CallerError when the organization has no such repository at a URL */
export async function vcsRepositoryCalled(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  key: string,
): Promise<StoredVcsRepository> {
  const named: RepositoryOf | undefined = parseRepositoryKey(key);
  const isOfVcs = named?.synchronization === vcsSynchronization(id);
  const found = isOfVcs ? await findVcsRepository(table, id, named.repository) : undefined;
  if (found === undefined) {
    throw new CallerError('not-found', 'The organization has no such repository at a URL.');
  }
  return found;
}

const describe = (
  stored: StoredVcsRepository,
  listed: ListedRepository,
  named: (team: StoredVcsRepository['readers']['teams'][number]) => NamedTeam,
): DescribedVcsRepository => ({
  ...{ stored, listed, teams: stored.readers.teams.map(named) },
  state: stateOf(listed.scan),
  nextReadAt: nextReadAt(listed.scan, stored.addedAt),
});

function stateOf(scan: ScanState | undefined): DescribedVcsRepository['state'] {
  if (scan === undefined) {
    return 'new';
  }
  const isPending = scan.wanted !== scan.done;
  if (scan.lastFailure === undefined) {
    return isPending ? 'reading' : 'working';
  }
  // One that failed and is tried again by itself has failed until then.
  return isPending && scan.failures === 0 ? 'reading' : 'failed';
}
