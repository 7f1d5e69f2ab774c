/** Reads what is stored of a repository before its scan. */
import type { RepositoryFact } from '../domain/facts.ts';
import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { findRepository } from '../store/fact-store.ts';
import { findOrganization } from '../store/organization-store.ts';
import { findChoice, findFolderGlobs } from '../store/scan-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';

/** What is known of the repository before its refs are read. */
export interface ScanInputs {
  readonly organization: Organization;
  readonly synchronization: Synchronization;
  /** Undefined when the last complete read did not have it. */
  readonly repository: { readonly fact: RepositoryFact; readonly firstObservedAt: number } | undefined;
  /** An owner's choice for this repository. */
  readonly chosen: boolean | undefined;
  /** An owner's globs of the folders that have packages. */
  readonly folders: readonly string[];
}

/** Undefined when there is no such synchronization. */
export async function loadScanInputs(
  table: Table,
  synchronizationId: SynchronizationId,
  repositoryId: ForgeRepositoryId,
): Promise<ScanInputs | undefined> {
  const synchronization = await findSynchronization(table, synchronizationId);
  const organization = synchronization && (await findOrganization(table, synchronization.organization));
  if (!organization) {
    return undefined;
  }
  const [repository, chosen, folders] = await Promise.all([
    findRepository(table, synchronizationId, repositoryId),
    findChoice(table, synchronizationId, repositoryId),
    findFolderGlobs(table, synchronizationId, repositoryId),
  ]);
  return { organization, synchronization, repository, chosen, folders };
}
