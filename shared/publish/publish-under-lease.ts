/** Runs a publisher's work under a lease, and requests it again when another writer interfered. */
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

/** Long enough for all publishers under leases. */
const leaseMs = Math.max(leaseMsOf('publish-package'), leaseMsOf('publish-roots'));

/**
 * Takes the lease and runs the work, which completes or releases it. A failure releases the lease.
 *
 * @returns the result of the work; `idle` or `busy` when the lease was not taken; `again` when the inputs changed meanwhile, and the work
 * has been queued again
 * @throws what the work throws, except conflicts
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
