/** What is stored of a repository before it is scanned. */
import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import { findRepository } from '../store/fact-store.ts';
import { findOrganization } from '../store/organization-store.ts';
import { findChoice } from '../store/scan-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { ScanInputs } from './scan-repository.ts';

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
  const [repository, chosen] = await Promise.all([
    findRepository(table, synchronizationId, repositoryId),
    findChoice(table, synchronizationId, repositoryId),
  ]);
  return { organization, synchronization, repository, chosen };
}
