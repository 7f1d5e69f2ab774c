/** How far the first import of an organization is. */
import type { Organization } from '../../../shared/domain/organization.ts';
import type { WaitingReason } from '../../../shared/domain/package.ts';
import { repositoryKey } from '../../../shared/domain/repository-key.ts';
import type { ScopeName } from '../../../shared/domain/scopes.ts';
import { traitsOf } from '../../../shared/forge/modules.ts';
import { type ImportProgress, importProgressOf } from '../../../shared/organizations/import-progress.ts';
import { listRepositories } from '../../../shared/organizations/list-repositories.ts';
import { namesOf } from '../../../shared/store/name-store.ts';
import { synchronizationsOf } from '../../../shared/store/synchronization-store.ts';
import type { Table } from '../../../shared/store/table.ts';

export interface WaitingName {
  readonly name: string;
  readonly reason: WaitingReason;
  /** The key of its repository. */
  readonly repository: string;
}

export interface FirstImport {
  readonly login: string;
  /** Undefined once everything was read and scanned. */
  readonly progress: ImportProgress | undefined;
  readonly scopes: readonly { readonly name: ScopeName; readonly isRead: boolean }[];
  /** In order of their names. */
  readonly packages: readonly string[];
  /** Names that are no packages, of the first repositories only. */
  readonly waiting: readonly WaitingName[];
}

/** Repositories whose names are looked at. */
const repositoriesMax = 50;

/** @returns undefined for an organization that is not synchronized */
export async function firstImportOf(
  table: Table,
  organization: Pick<Organization, 'id'>,
  now: number,
): Promise<FirstImport | undefined> {
  const [synchronization] = await synchronizationsOf(table, organization.id);
  if (synchronization === undefined) {
    return undefined;
  }
  const [progress, names, { repositories }] = await Promise.all([
    importProgressOf(table, synchronization, now),
    namesOf(table, organization.id),
    listRepositories(table, organization, [synchronization], {}, { limit: repositoriesMax }),
  ]);
  return {
    login: synchronization.login,
    progress,
    scopes: traitsOf(synchronization.forge).scopes.map(({ name }) => ({
      name,
      isRead: synchronization.lastSuccessAt[name] !== undefined,
    })),
    packages: names.map(({ name }) => name).toSorted(),
    waiting: repositories.flatMap(({ scan, fact: { repository } }) =>
      (scan?.waiting ?? []).map(({ name, reason }) => ({
        ...{ name, reason, repository: repositoryKey({ synchronization: synchronization.id, repository }) },
      })),
    ),
  };
}
