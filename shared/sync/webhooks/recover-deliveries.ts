/** Recovers deliveries that did not reach us from the forge's own log, because the forge does not retry. */
import { z } from 'zod';
import type { ForgeHost } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import { type DeliveryLog, type LoggedAttempt, WebhookFormatError } from '../../forge/forge.ts';
import { traitsOf } from '../../forge/modules.ts';
import type { Logger } from '../../runtime/logger.ts';
import { keys } from '../../store/keys.ts';
import type { Table } from '../../store/table.ts';
import type { DeliverySource } from './delivery-source.ts';
import { type TakeDeliveryDependencies, takeDelivery } from './receive-delivery.ts';

export interface RecoverDeliveriesDependencies extends Omit<TakeDeliveryDependencies, 'logger'> {
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly log: DeliveryLog;
  /** Whose log it is. */
  readonly source: Omit<DeliverySource, 'secrets'>;
  /** Requests a read of everything, when more was missed than is worth reading one by one. */
  readonly reconcileAll: () => Promise<unknown>;
}

/** Attempts may be logged a little late, so the log is read again from a little before the newest one. */
const overlapMs = 15 * 60 * 1000;
/** Above this, reading everything once costs less and finds the same, except for installations. */
const missedMax = 100;
/** Attempts read in one call: with more the function would time out, and start over each time. */
const attemptsMax = 10_000;

const unreadable: readonly string[] = ['not-found', 'gone', 'incomplete', 'unexpected'];

const LogItem = z.object({ readUntil: z.number() });

export interface RecoveredDeliveries {
  readonly attempts: number;
  readonly missed: number;
  readonly taken: number;
}

/** A log, and whose it is. Opening it may fail, as when the key of its integration cannot be read. */
export interface SourceLog extends Pick<RecoverDeliveriesDependencies, 'source'> {
  readonly openLog: () => Promise<DeliveryLog>;
}

/**
 * Reads each log, even if others cannot be opened or read.
 *
 * @throws the first error, after all logs were processed
 */
export async function recoverAllDeliveries(
  dependencies: Omit<RecoverDeliveriesDependencies, 'log' | 'source'>,
  logs: readonly SourceLog[],
): Promise<readonly RecoveredDeliveries[]> {
  const results = await Promise.allSettled(
    logs.map(async ({ source, openLog }) => {
      try {
        return await recoverDeliveries({ ...dependencies, source, log: await openLog() });
      } catch (error) {
        const { forge, baseUrl } = source;
        dependencies.logger.error('a delivery log could not be read', { forge, baseUrl, error });
        throw error;
      }
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/**
 * Reads the log since the last time and takes the deliveries that did not arrive. Those taken before are recognized by their ids.
 *
 * @throws ForgeError when the log cannot be read: the next call starts at the same place
 */
export async function recoverDeliveries(
  dependencies: RecoverDeliveriesDependencies,
): Promise<RecoveredDeliveries> {
  const { table, clock, log, logger } = dependencies;
  const now = clock.now();
  const { deliveriesKeptMs } = traitsOf(dependencies.source.forge);
  const since = Math.max((await readUntil(table, dependencies.source)) - overlapMs, now - deliveriesKeptMs);
  const arrived = new Set<string>();
  const missed = new Map<string, LoggedAttempt>();
  let attempts = 0;
  let newest = since;
  for await (const page of log.attempts(since)) {
    for (const attempt of page) {
      attempts += 1;
      newest = Math.max(newest, attempt.at);
      if (attempt.arrived) {
        arrived.add(attempt.deliveryId);
      } else {
        missed.set(attempt.deliveryId, attempt);
      }
    }
    if (attempts >= attemptsMax) {
      break;
    }
  }
  for (const deliveryId of arrived) {
    missed.delete(deliveryId);
  }
  let taken = 0;
  const isMuch = missed.size > missedMax || attempts >= attemptsMax;
  // Oldest first, as they would have come.
  for (const { id, aboutInstallation } of [...missed.values()].reverse()) {
    if (!isMuch || aboutInstallation) {
      taken += (await takeMissed(dependencies, id)) ? 1 : 0;
    }
  }
  if (isMuch) {
    logger.error('many deliveries were missed; everything is read again', { missed: missed.size });
    await dependencies.reconcileAll();
  }
  await table.update({ key: keys.deliveryLog(dependencies.source), set: { readUntil: newest } });
  if (missed.size > 0) {
    logger.info('missed deliveries were recovered', { missed: missed.size, taken });
  }
  return { attempts, missed: missed.size, taken };
}

async function readUntil(table: Table, source: ForgeHost): Promise<number> {
  const item = await table.get(keys.deliveryLog(source));
  return item === undefined ? 0 : LogItem.parse(item).readUntil;
}

async function takeMissed(dependencies: RecoverDeliveriesDependencies, id: string): Promise<boolean> {
  try {
    const delivery = await dependencies.log.delivery(id);
    return (await takeDelivery(dependencies, dependencies.source, delivery, { by: 'log' })) === 'taken';
  } catch (error) {
    // A delivery that can never be read must not block those after it.
    const isUnreadable = error instanceof ForgeError && unreadable.includes(error.code);
    if (!isUnreadable && !(error instanceof WebhookFormatError)) {
      throw error;
    }
    dependencies.logger.warn('a missed delivery could not be parsed; the scheduled reconcile covers it', {
      error,
    });
    return false;
  }
}
