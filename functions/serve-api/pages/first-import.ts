/** How far the first import of an organization is. */
import type { Organization } from '../../../shared/domain/organization.ts';
import type { WaitingReason } from '../../../shared/domain/package.ts';
import type { ScopeName } from '../../../shared/domain/scopes.ts';
import { isImporting } from '../../../shared/domain/synchronization.ts';
import { traitsOf } from '../../../shared/forge/modules.ts';
import { listRepositories } from '../../../shared/organizations/list-repositories.ts';
import { namesOf } from '../../../shared/store/name-store.ts';
import { synchronizationsOf } from '../../../shared/store/synchronization-store.ts';
import type { Table } from '../../../shared/store/table.ts';

export interface FirstImport {
  readonly login: string;
  /** Whether the code host is still read for the first time. */
  readonly isReading: boolean;
  readonly scopes: readonly { readonly name: ScopeName; readonly isRead: boolean }[];
  /** In order of their names. */
  readonly packages: readonly string[];
  /** Names that are no packages, of the first repositories only. */
  readonly waiting: readonly { readonly name: string; readonly reason: WaitingReason }[];
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
  const [names, { repositories, next }] = await Promise.all([
    namesOf(table, organization.id),
    listRepositories(table, organization, [synchronization], {}, { limit: repositoriesMax }),
  ]);
  const scopes = traitsOf(synchronization.forge).scopes.map(({ name, mayBeMissing = false }) => ({
    name,
    isRead: synchronization.lastSuccessAt[name] !== undefined,
    mayBeMissing,
  }));
  const isBusy =
    scopes.some(({ isRead, mayBeMissing }) => !isRead && !mayBeMissing) ||
    repositories.some(({ scan }) => scan !== undefined && scan.wanted !== scan.done) ||
    next !== undefined;
  return {
    login: synchronization.login,
    // The schedule notices the end of an import only after some minutes.
    isReading: isBusy && isImporting(synchronization, now),
    scopes,
    packages: names.map(({ name }) => name).toSorted(),
    waiting: repositories.flatMap(({ scan }) =>
      (scan?.waiting ?? []).map(({ name, reason }) => ({ name, reason })),
    ),
  };
}
