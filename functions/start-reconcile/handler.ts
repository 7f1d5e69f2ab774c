import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';

const logger = createLogger('start-reconcile');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, logger };

export const handler = scheduleHandler({ logger }, async () => {
  const asked = await reconcile(dependencies);
  logger.info('reconcile requested', asked);
  return asked;
});
