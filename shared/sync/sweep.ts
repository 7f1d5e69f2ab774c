/** Finds work that is wanted and not done, and that nobody is at: its message was lost, or its worker died. */
import { z } from 'zod';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Waker } from '../runtime/wake.ts';
import type { Item, Table } from '../store/table.ts';
import { queueNames, type Wake } from '../store/work.ts';

export interface SweepDependencies {
  readonly table: Table;
  readonly waker: Waker;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
}

/** Work younger than this has a message on its way; milliseconds. */
const graceMs = 15_000;
/** Of one queue in one sweep; the oldest come first. */
const itemsMax = 5_000;

const PendingItem = z.object({
  wake: z.object({
    queue: z.enum(queueNames),
    group: z.string(),
    message: z.record(z.string(), z.unknown()),
  }),
  leaseUntil: z.number().default(0),
});

/** @returns how many wakes were sent */
export async function sweepWork({ table, waker, clock, logger }: SweepDependencies): Promise<number> {
  let woken = 0;
  for (const queue of queueNames) {
    const now = clock.now();
    const items = await table.pending(queue, { before: now - graceMs, limit: itemsMax });
    if (items.length === itemsMax) {
      logger.error('more work is pending than a sweep looks at', { queue, itemsMax });
    }
    const wakes = items.flatMap((item) => wakeOf(item, now, logger));
    await waker.wake(wakes);
    woken += wakes.length;
  }
  return woken;
}

/** One item that cannot be read must not keep the others from being found. */
function wakeOf(item: Item, now: number, logger: SweepDependencies['logger']): readonly Wake[] {
  const pending = PendingItem.safeParse(item);
  if (!pending.success) {
    logger.error('pending work does not say whom to wake', { key: `${String(item.pk)} ${String(item.sk)}` });
    return [];
  }
  return pending.data.leaseUntil < now ? [pending.data.wake] : [];
}
