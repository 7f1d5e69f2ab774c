/** Deliveries that did not reach us, taken from the forge's own log of them: it tries once and not again. */
import { z } from 'zod';
import { ForgeError } from '../forge/errors.ts';
import { type DeliveryLog, WebhookFormatError } from '../forge/forge.ts';
import type { Logger } from '../runtime/logger.ts';
import { keys } from '../store/keys.ts';
import type { Table } from '../store/table.ts';
import { type ReceiveDeliveryDependencies, takeDelivery } from './receive-delivery.ts';

export interface CatchUpDependencies extends Omit<ReceiveDeliveryDependencies, 'webhooks' | 'logger'> {
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly log: DeliveryLog;
  /** Asks for everything to be read: when more was missed than is worth reading one by one. */
  readonly reconcileAll: () => Promise<unknown>;
}

/** The log is kept for three days: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/viewing-webhook-deliveries */
const keptMs = 3 * 24 * 3600 * 1000;
/** Attempts that are entered late lie a little behind the newest that was seen. */
const overlapMs = 15 * 60 * 1000;
/** More than this is a bad hour: reading everything once costs less and finds the same. */
const missedMax = 100;

const LogItem = z.object({ readUntil: z.number() });

export interface CaughtUp {
  readonly attempts: number;
  readonly missed: number;
  readonly taken: number;
}

/**
 * Reads the log since the last time and takes what did not arrive. What was taken already is known by its id.
 *
 * @throws ForgeError when the log cannot be read: the next turn begins where this one did
 */
export async function catchUp(dependencies: CatchUpDependencies): Promise<CaughtUp> {
  const { table, clock, log, logger } = dependencies;
  const now = clock.now();
  const since = Math.max((await readUntil(table)) - overlapMs, now - keptMs);
  const arrived = new Set<string>();
  const missed = new Map<string, string>();
  let attempts = 0;
  let newest = since;
  for await (const page of log.attempts(since)) {
    for (const attempt of page) {
      attempts += 1;
      newest = Math.max(newest, attempt.at);
      if (attempt.arrived) {
        arrived.add(attempt.deliveryId);
      } else {
        missed.set(attempt.deliveryId, attempt.id);
      }
    }
  }
  for (const deliveryId of arrived) {
    missed.delete(deliveryId);
  }
  let taken = 0;
  if (missed.size > missedMax) {
    logger.error('many deliveries did not arrive; everything is read anew', { missed: missed.size });
    await dependencies.reconcileAll();
  } else {
    // The oldest first, as they would have come.
    for (const id of [...missed.values()].reverse()) {
      taken += (await takeMissed(dependencies, id)) ? 1 : 0;
    }
  }
  await table.update({ key: keys.deliveryLog('github'), set: { readUntil: newest } });
  if (missed.size > 0) {
    logger.info('caught up with deliveries that did not arrive', { missed: missed.size, taken });
  }
  return { attempts, missed: missed.size, taken };
}

async function readUntil(table: Table): Promise<number> {
  const item = await table.get(keys.deliveryLog('github'));
  return item === undefined ? 0 : LogItem.parse(item).readUntil;
}

async function takeMissed(dependencies: CatchUpDependencies, id: string): Promise<boolean> {
  try {
    return (await takeDelivery(dependencies, await dependencies.log.delivery(id))) === 'taken';
  } catch (error) {
    const isGone = error instanceof ForgeError && error.code === 'not-found';
    if (!isGone && !(error instanceof WebhookFormatError)) {
      throw error;
    }
    dependencies.logger.warn('a missed delivery could not be read; the schedule finds what it told', {
      error,
    });
    return false;
  }
}
