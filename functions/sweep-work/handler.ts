import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { sweepWork } from '../../shared/sync/schedule/sweep.ts';

const logger = createLogger('sweep-work');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, logger };

export const handler = scheduleHandler({ logger }, async () => {
  const woken = await sweepWork(dependencies);
  logger.info('messages sent for pending work', { woken });
  return { woken };
});
