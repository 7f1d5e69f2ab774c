/** Requests many work items in as few transactions as possible, where nothing else changes with them. */
import type { Clock } from '../../runtime/clock.ts';
import { type Table, transactionItemsMax } from '../../store/table.ts';
import { requestWork, type WorkItem, type WorkQueue } from '../../store/work.ts';

/**
 * @param cause why, for the record of the run
 * @param announced the work items whose messages are sent; all of them by default
 */
export async function requestAll(
  {
    table,
    workQueue,
    clock,
  }: { readonly table: Table; readonly workQueue: WorkQueue; readonly clock: Clock },
  workItems: readonly WorkItem[],
  cause: string,
  announced = workItems,
): Promise<void> {
  for (let start = 0; start < workItems.length; start += transactionItemsMax) {
    const part = workItems.slice(start, start + transactionItemsMax);
    await table.transact(part.map((workItem) => requestWork(workItem, clock.now(), { cause })));
    await workQueue.send(
      part.filter((workItem) => announced.includes(workItem)).map((workItem) => workItem.message),
    );
  }
}
