/** Asks for work on many things at once, where nothing else changes with it. */
import type { Clock } from '../../runtime/clock.ts';
import { type Table, transactionItemsMax } from '../../store/table.ts';
import { raise, type Waker, type WorkThing } from '../../store/work.ts';

/**
 * @param cause why, for the record of the run
 * @param woken the things whose messages are sent; all of them if left out
 */
export async function raiseAll(
  { table, waker, clock }: { readonly table: Table; readonly waker: Waker; readonly clock: Clock },
  things: readonly WorkThing[],
  cause: string,
  woken = things,
): Promise<void> {
  for (let start = 0; start < things.length; start += transactionItemsMax) {
    const part = things.slice(start, start + transactionItemsMax);
    await table.transact(part.map((thing) => raise(thing, clock.now(), { cause })));
    await waker.wake(part.filter((thing) => woken.includes(thing)).map((thing) => thing.wake));
  }
}
