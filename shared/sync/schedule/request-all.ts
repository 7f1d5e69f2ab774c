/** Asks for work on many things at once, where nothing else changes with it. */
import type { Clock } from '../../runtime/clock.ts';
import { type Table, transactionItemsMax } from '../../store/table.ts';
import { requestWork, type Waker, type WorkItem } from '../../store/work.ts';

/**
 * @param cause why, for the record of the run
 * @param woken the things whose messages are sent; all of them if left out
 */
export async function requestAll(
  { table, waker, clock }: { readonly table: Table; readonly waker: Waker; readonly clock: Clock },
  workItems: readonly WorkItem[],
  cause: string,
  woken = workItems,
): Promise<void> {
  for (let start = 0; start < workItems.length; start += transactionItemsMax) {
    const part = workItems.slice(start, start + transactionItemsMax);
    await table.transact(part.map((workItem) => requestWork(workItem, clock.now(), { cause })));
    await waker.wake(part.filter((workItem) => woken.includes(workItem)).map((workItem) => workItem.wake));
  }
}
