/** A repository's first package wants its hook now, and not at the next reconcile. */
import type { Synchronization } from '../domain/synchronization.ts';
import { findModule } from '../forge/modules.ts';
import type { Clock } from '../runtime/clock.ts';
import { hookCareOf } from '../store/hook-care-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { requestWork, type WorkQueue } from '../store/work.ts';
import { hooksWork } from '../store/work-items.ts';

/** Requests nothing where the forge delivers without hooks of ours, or one of the organization does for all. */
export async function requestHooks(
  {
    table,
    workQueue,
    clock,
  }: { readonly table: Table; readonly workQueue: WorkQueue; readonly clock: Clock },
  { forge, organization, id }: Pick<Synchronization, 'forge' | 'organization' | 'id'>,
): Promise<void> {
  if (findModule(forge)?.installsHooks !== true) {
    return;
  }
  const care = await hookCareOf(table, id);
  if (care?.on === 'organization' && care.missing === 0) {
    return;
  }
  const workItem = hooksWork(organization, id);
  try {
    await table.transact([requestWork(workItem, clock.now())]);
    await workQueue.send([workItem.message]);
  } catch (error) {
    // Other scans ask for the same at the same moment.
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}
