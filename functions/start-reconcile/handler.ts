import { addresses } from '../../shared/composition/addresses.ts';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { hasVcsWorker } from '../../shared/composition/vcs-worker.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { pollRepositories } from '../../shared/sync/schedule/poll-repositories.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { rewriteFiles } from '../../shared/sync/schedule/rewrite-files.ts';

const logger = createLogger('start-reconcile');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, logger };

const addressesNow = addresses();

export const handler = scheduleHandler({ logger }, async () => {
  // One may fail without the other.
  const [asked, polled, rewritten] = await Promise.allSettled([
    reconcile(dependencies),
    pollRepositories({ ...dependencies, hasWorker: hasVcsWorker() }),
    addressesNow().then(({ registryBaseUrl }) => rewriteFiles({ ...dependencies, registryBaseUrl })),
  ]);
  if (asked.status === 'rejected') throw asked.reason;
  if (polled.status === 'rejected') throw polled.reason;
  logger.info('reconcile requested', { ...asked.value, polled: polled.value });
  if (rewritten.status === 'rejected') throw rewritten.reason;
  if (rewritten.value.left > 0) {
    logger.info("files are written again: the registry's address or their layout changed", rewritten.value);
  }
  return { ...asked.value, filesLeft: rewritten.value.left };
});
