/** Removals are done in portions. Each finds out by itself what is left, so a worker that dies at any point loses nothing. */

import type { Organization } from '../../domain/organization.ts';
import type { StoredObjects } from '../../publish/stored-objects.ts';
import type { Clock } from '../../runtime/clock.ts';
import { leaseMsOf } from '../../runtime/time-limits.ts';
import type { Deletion } from '../../store/deletion-store.ts';
import type { Key } from '../../store/keys.ts';
import { type Item, type Table, transactionItemsMax } from '../../store/table.ts';
import { type Lease, leaseHeld, type WorkQueue } from '../../store/work.ts';

export interface PortionDependencies {
  readonly table: Table;
  readonly storedObjects: StoredObjects;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

export interface PortionInputs {
  readonly lease: Lease;
  readonly organization: Organization;
  readonly deletion: Deletion;
}

/**
 * The result of a portion, and when the next one may start. `more`: at once. `later`: not before `at`, in milliseconds since the epoch,
 * because other work has to finish first.
 */
export type Portion = { readonly step: string; readonly objects?: number; readonly records?: number } & (
  | { readonly is: 'more' | 'done' }
  | { readonly is: 'later'; readonly at: number }
);

/** As many items as are deleted in one transaction, beside the check of the lease. */
export const recordsInPortion = transactionItemsMax - 1;

/** The item's key. */
export const keyOf = ({ pk, sk }: Item): Key => ({ pk: String(pk), sk: String(sk) });

/** Deletes items under the lease, at most `recordsInPortion`. */
export async function deleteRecords(table: Table, lease: Lease, keys: readonly Key[]): Promise<void> {
  await table.transact([leaseHeld(lease), ...keys.map((key) => ({ delete: key }))]);
}

/** How many records were deleted. `isMore`: time was up before it was certain that none are left. */
export interface RemovedRecords {
  readonly removed: number;
  readonly isMore: boolean;
}

/**
 * Deletes every item of the partition.
 *
 * @param keep those that stay
 * @param until neither a query nor a transaction begins after it; milliseconds since the epoch
 */
export async function removePartition(
  { table, clock }: Pick<PortionDependencies, 'table' | 'clock'>,
  lease: Lease,
  partition: string,
  until: number,
  keep: (item: Item) => boolean = () => false,
): Promise<RemovedRecords> {
  if (clock.now() >= until) {
    return { removed: 0, isMore: true };
  }
  const items = (await table.query(partition, '')).filter((item) => !keep(item));
  let removed = 0;
  for (let start = 0; start < items.length && clock.now() < until; start += recordsInPortion) {
    const part = items.slice(start, start + recordsInPortion);
    await deleteRecords(table, lease, part.map(keyOf));
    removed += part.length;
  }
  return { removed, isMore: removed < items.length };
}

/** How often a removal checks whether the edge or another worker is done, in milliseconds. */
export const pollMs = 1000;

export const deletionLeaseMs = leaseMsOf('run-deletion');
