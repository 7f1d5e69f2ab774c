/** How many requests a caller makes: a counter for each minute. */
import { z } from 'zod';
import { keys, tableKeys } from './keys.ts';
import type { Table } from './table.ts';

/** The length of a window, in milliseconds. */
export const rateWindowMs = 60_000;

const Counter = z.object({ count: z.number() });

/**
 * Counts a request. One write, and no read.
 *
 * @param caller whom it counts for; nothing secret
 * @param now milliseconds since the epoch
 * @returns how many the caller has made in this window, this one included
 */
export async function countRequest(table: Table, caller: string, now: number): Promise<number> {
  const minute = Math.floor(now / rateWindowMs);
  const item = await table.update({
    key: keys.rate(caller, minute),
    add: { count: 1 },
    set: { [tableKeys.expiry]: Math.ceil(((minute + 2) * rateWindowMs) / 1000) },
  });
  return Counter.parse(item).count;
}
