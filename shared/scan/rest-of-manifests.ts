/** A scan that left manifests unread goes on by itself: its item is found again at a time, although nothing is wanted. */
import type { ContentReader } from '../forge/forge.ts';
import type { Clock } from '../runtime/clock.ts';
import { delaySecondsMax, delaySecondsUntil } from '../runtime/retries.ts';
import { parseScan } from '../store/scan-store.ts';
import type { Item, Table } from '../store/table.ts';
import {
  comeBackLater,
  completeWork,
  type Lease,
  requestWork,
  type WorkItem,
  type WorkQueue,
} from '../store/work.ts';

/** What the scan's item keeps of it; neither if all were read. */
export interface RestRecord {
  /** How many manifests are to be read yet. */
  readonly unread?: number | undefined;
  /** When that goes on; milliseconds since the epoch. */
  readonly goOnAt?: number | undefined;
}

interface RestDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly workQueue: WorkQueue;
}

/**
 * Requests the scan if manifests are left and can be read now; else it comes back later. Nothing is asked of the forge before: many
 * repositories may wait for the same moment.
 *
 * @returns whether it was requested
 */
export async function requestRest(
  dependencies: RestDependencies,
  workItem: WorkItem,
  openReader: () => Promise<ContentReader>,
): Promise<boolean> {
  const { table, clock } = dependencies;
  const item = await table.get(workItem.key);
  const { goOnAt } = item === undefined ? {} : parseScan(item);
  if (goOnAt === undefined || goOnAt > clock.now()) {
    return false;
  }
  const notBefore = await (await openReader()).oneByOne?.notBefore();
  if (notBefore !== undefined) {
    await comeBackLater(table, workItem, notBefore, { goOnAt: notBefore });
    await remind(dependencies, workItem, notBefore);
    return false;
  }
  await table.transact([requestWork(workItem, clock.now(), { cause: 'more manifests' })]);
  return true;
}

/** Completes the scan, which comes back where the record says so. */
export async function completeScan(
  dependencies: RestDependencies,
  lease: Lease,
  attributes: Item & RestRecord,
): Promise<void> {
  const { goOnAt } = attributes;
  if ((await completeWork(dependencies.table, lease, attributes, goOnAt)) === 'more') {
    await dependencies.workQueue.send([lease.workItem.message]);
  } else if (goOnAt !== undefined) {
    await remind(dependencies, lease.workItem, goOnAt);
  }
}

/** Sends the message for that time, if messages may wait for so long; else the sweep does. */
async function remind(
  { clock, workQueue }: RestDependencies,
  { message }: WorkItem,
  at: number,
): Promise<void> {
  if (at < clock.now() + delaySecondsMax * 1000) {
    // One second is added: it must not arrive before its time.
    await workQueue.send([message], delaySecondsUntil(at + 1000, clock.now()));
  }
}
