/** The last deliveries that each synchronization got: what kind and when, never what was in them. */
import { z } from 'zod';
import { CallerError } from '../domain/caller-error.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import type { ForgeId } from '../domain/synchronization.ts';
import { keys, ranges, tableKeys } from './keys.ts';
import type { Operation, Table } from './table.ts';

/** Milliseconds. */
const keptMs = 7 * 24 * 3600_000;

const DeliveredItem = z.object({
  /** The forge's id of the event. */
  delivery: z.string(),
  event: z.string(),
  /** When we took it; milliseconds since the epoch. */
  at: z.number(),
  /** `log`: it did not arrive, and was taken from the forge's log. */
  by: z.enum(['webhook', 'log']),
});
export type DeliveredEvent = Readonly<z.infer<typeof DeliveredItem>>;

/** Part of the transaction that takes the delivery. */
export const noteDelivered = (synchronization: SynchronizationId, delivered: DeliveredEvent): Operation => ({
  put: keys.delivered(synchronization, delivered.at, delivered.delivery),
  item: { ...delivered, [tableKeys.expiry]: Math.ceil((delivered.at + keptMs) / 1000) },
});

/**
 * The deliveries of a synchronization, newest first. One read.
 *
 * @param after `next` of the page before
 * @throws CallerError when it is no place among them
 */
export async function deliveredPage(
  table: Table,
  synchronization: SynchronizationId,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly deliveries: readonly DeliveredEvent[]; readonly next: string | undefined }> {
  const { pk, sk } = ranges.delivered(synchronization);
  if (after !== undefined && !after.startsWith(sk)) {
    throw new CallerError('invalid', 'this page begins nowhere among the deliveries');
  }
  const items = await table.query(pk, sk, { descending: true, limit, after });
  return {
    deliveries: items.map((item) => DeliveredItem.parse(item)),
    next: items.length < limit ? undefined : String(items.at(-1)?.sk),
  };
}

const RefusedItem = z.object({ at: z.number() });

/** Notes that a delivery to the forge's address carried no signature of an integration. */
export async function noteRefused(table: Table, forge: ForgeId, at: number): Promise<void> {
  await table.update({ key: keys.refusedDeliveries(forge), set: { at } });
}

/** When a delivery to each forge's address was refused last; milliseconds since the epoch. One read. */
export async function lastRefused(
  table: Table,
  forges: readonly ForgeId[],
): Promise<ReadonlyMap<ForgeId, number>> {
  const items = await table.getMany(forges.map((forge) => keys.refusedDeliveries(forge)));
  return new Map(
    items.flatMap((item, place) => {
      const forge = forges[place];
      return item === undefined || forge === undefined ? [] : [[forge, RefusedItem.parse(item).at]];
    }),
  );
}
