/** How many requests a caller makes: a counter for each minute. */
import { z } from 'zod';
import { addressBlock } from '../runtime/viewer.ts';
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

/** Whole seconds until the next window begins. @param now milliseconds since the epoch */
export const secondsToNextWindow = (now: number): number =>
  Math.ceil((rateWindowMs - (now % rateWindowMs)) / 1000);

/**
 * Counts a request for the network that it comes from. One write, and no read.
 *
 * @param kind what is counted; each kind has its own counters
 * @param address of the viewer; all whose address the CDN did not say are counted together
 * @param quota requests in a window
 * @param now milliseconds since the epoch
 * @returns the seconds to wait if there were more than the quota; undefined if not
 */
export async function countForAddress(
  table: Table,
  kind: string,
  address: string | undefined,
  quota: number,
  now: number,
): Promise<number | undefined> {
  const count = await countRequest(table, `${kind}.${addressBlock(address ?? 'unknown')}`, now);
  return count <= quota ? undefined : secondsToNextWindow(now);
}
