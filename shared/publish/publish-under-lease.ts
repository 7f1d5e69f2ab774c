/** How every publisher works on its thing: alone, and again when another writer was there at the same moment. */
import type { Clock } from '../runtime/clock.ts';
import { leaseMsOf } from '../runtime/time-limits.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { type Lease, takeLease, underLease, type WorkItem, type WorkQueue } from '../store/work.ts';
import { ObjectConflictError } from './object-writer.ts';

export interface PublisherDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly newLeaseId: () => string;
}

/** All publishers under leases have the same time-out. */
const leaseMs = Math.max(leaseMsOf('publish-package'), leaseMsOf('publish-roots'));

/**
 * Takes the lease and does the work, which completes or releases it. A failure gives the lease back.
 *
 * @returns what the work says; `idle` or `busy` when there was no lease to be had; `again`: what was read changed under it, and the thing
 * has been woken to be read anew
 * @throws what the work throws, conflicts apart
 */
export async function publishUnderLease<Outcome>(
  { table, workQueue, clock, newLeaseId }: PublisherDependencies,
  workItem: WorkItem,
  work: (lease: Lease) => Promise<Outcome>,
): Promise<Outcome | 'idle' | 'busy' | 'again'> {
  const lease = await takeLease(table, workItem, { leaseId: newLeaseId(), now: clock.now(), leaseMs });
  if (lease === 'idle' || lease === 'busy') {
    return lease;
  }
  try {
    return await underLease(table, lease, () => work(lease));
  } catch (error) {
    if (error instanceof ConflictError || error instanceof ObjectConflictError) {
      await workQueue.send([workItem.message], 1);
      return 'again';
    }
    throw error;
  }
}
