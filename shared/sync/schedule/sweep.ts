/**
 * Finds work that is wanted and not done, and that nobody is at: its message was lost, or its worker died.
 *
 * Work that only waits for its turn must not be woken again each minute. Messages come about in the order in which they were sent, so
 * while somebody is at work of the same queue and organization, what was asked for later than that has its message before it.
 */
import { z } from 'zod';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { tableKeys } from '../../store/keys.ts';
import type { Item, Table } from '../../store/table.ts';
import { queueNames, type WorkMessage, type WorkQueue } from '../../store/work.ts';

export interface SweepDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
}

/** Work younger than this has a message on its way; milliseconds. */
const graceMs = 15_000;
/** Of one queue in one sweep; the oldest come first. */
const itemsMax = 5_000;
/** Messages of a queue come out of order by less than this; milliseconds. */
const orderMs = 60_000;
/** Even behind others nothing waits longer without another message; milliseconds. */
const patienceMs = 600_000;
/** Between two sweeps, as infra/queues.ts has it; milliseconds. */
const periodMs = 60_000;

const PendingItem = z.object({
  wake: z.object({
    queue: z.enum(queueNames),
    group: z.string(),
    message: z.record(z.string(), z.unknown()),
  }),
  [tableKeys.pendingIndex.sortKey]: z.string().transform((text) => Date.parse(text)),
  /** Without the id nobody is at it, and nobody is to be before the time. */
  leaseId: z.string().optional(),
  leaseUntil: z.number().default(0),
});
type PendingItem = z.infer<typeof PendingItem>;

/** @returns how many messages were sent */
export async function sweepWork({ table, workQueue, clock, logger }: SweepDependencies): Promise<number> {
  let woken = 0;
  for (const queue of queueNames) {
    const now = clock.now();
    const items = await table.pending(queue, { before: now - graceMs, limit: itemsMax });
    if (items.length === itemsMax) {
      logger.error('more work is pending than a sweep looks at', { queue, itemsMax });
    }
    const messages = forgotten(
      items.flatMap((item) => parsed(item, logger)),
      now,
    );
    await workQueue.send(messages);
    woken += messages.length;
  }
  return woken;
}

/** One item that cannot be read must not keep the others from being found. */
function parsed(item: Item, logger: SweepDependencies['logger']): readonly PendingItem[] {
  const pending = PendingItem.safeParse(item);
  if (!pending.success) {
    logger.error('pending work does not say whom to wake', { key: `${String(item.pk)} ${String(item.sk)}` });
    return [];
  }
  return [pending.data];
}

function forgotten(items: readonly PendingItem[], now: number): readonly WorkMessage[] {
  /** How far each organization's work of the queue is: when the latest was asked for that somebody is at. */
  const reached = new Map<string, number>();
  for (const { wake, leaseId, leaseUntil, pendingSince } of items) {
    if (leaseId !== undefined && leaseUntil >= now) {
      reached.set(wake.group, Math.max(reached.get(wake.group) ?? 0, pendingSince));
    }
  }
  return items.flatMap(({ wake, leaseId, leaseUntil, pendingSince }) => {
    if (leaseUntil >= now) {
      return [];
    }
    if (leaseId !== undefined) {
      // Its worker died, and its message with it.
      return [wake];
    }
    const since = Math.max(pendingSince, leaseUntil);
    const isItsTurn = since < (reached.get(wake.group) ?? Number.POSITIVE_INFINITY) - orderMs;
    return isItsTurn || isDueAgain(now - since) ? [wake] : [];
  });
}

/** In one sweep of so many: nobody has to remember when it was woken last. */
const isDueAgain = (waited: number): boolean => waited >= patienceMs && waited % patienceMs < periodMs;
