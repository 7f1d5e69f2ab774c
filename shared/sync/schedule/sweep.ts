/**
 * Finds work that is requested, not done and under no lease, because its message was lost or its worker died, and sends its
 * message again.
 *
 * Work that only waits for its turn must not get another message each minute. Messages arrive roughly in the order in which they
 * were sent: while work of the same queue and organization is under a lease, work requested after it still has a message in the
 * queue.
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

/** The message of younger work is still on its way; milliseconds. */
const graceMs = 15_000;
/** Per queue and sweep, oldest first. */
const itemsMax = 5_000;
/** The most by which messages of a queue arrive out of order; milliseconds. */
const orderMs = 60_000;
/** Work in a busy queue gets another message after this long at the latest; milliseconds. */
const patienceMs = 600_000;
/** Between two sweeps, as in infra/queues.ts; milliseconds. */
const periodMs = 60_000;

const PendingItem = z.object({
  wake: z.object({
    queue: z.enum(queueNames),
    group: z.string(),
    message: z.record(z.string(), z.unknown()),
  }),
  [tableKeys.pendingIndex.sortKey]: z.string().transform((text) => Date.parse(text)),
  /** If absent, no worker has a lease, and `leaseUntil` is the time before which none may take it. */
  leaseId: z.string().optional(),
  leaseUntil: z.number().default(0),
});
type PendingItem = z.infer<typeof PendingItem>;

/** @returns how many messages were sent */
export async function sweepWork({ table, workQueue, clock, logger }: SweepDependencies): Promise<number> {
  let sent = 0;
  for (const queue of queueNames) {
    const now = clock.now();
    const items = await table.pending(queue, { before: now - graceMs, limit: itemsMax });
    if (items.length === itemsMax) {
      logger.error('more work is pending than one sweep examines', { queue, itemsMax });
    }
    const messages = forgotten(
      items.flatMap((item) => parsed(item, logger)),
      now,
    );
    await workQueue.send(messages);
    sent += messages.length;
  }
  return sent;
}

/** An item that cannot be parsed must not keep the others from being found. */
function parsed(item: Item, logger: SweepDependencies['logger']): readonly PendingItem[] {
  const pending = PendingItem.safeParse(item);
  if (!pending.success) {
    logger.error('pending work names no queue', { key: `${String(item.pk)} ${String(item.sk)}` });
    return [];
  }
  return [pending.data];
}

function forgotten(items: readonly PendingItem[], now: number): readonly WorkMessage[] {
  /** For each organization, when the latest of its work that is now under a lease was requested: how far the queue has come. */
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
      // Its worker died, and the message with it.
      return [wake];
    }
    const since = Math.max(pendingSince, leaseUntil);
    const isItsTurn = since < (reached.get(wake.group) ?? Number.POSITIVE_INFINITY) - orderMs;
    return isItsTurn || isDueAgain(now - since) ? [wake] : [];
  });
}

/** True in one of ten sweeps (`patienceMs / periodMs`), so that no time of the last message has to be stored. */
const isDueAgain = (waited: number): boolean => waited >= patienceMs && waited % patienceMs < periodMs;
