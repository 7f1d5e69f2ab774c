import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { createForges, deliveryLogs } from '../../shared/composition/forges.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { recoverAllDeliveries } from '../../shared/sync/webhooks/recover-deliveries.ts';

const logger = createLogger('catch-up-deliveries');
const table = tableClient();
const forges = createForges(table, logger);
const dependencies = { table, workQueue: workQueueClient(), clock: systemClock, logger };

export const handler = scheduleHandler({ logger }, async () =>
  recoverAllDeliveries(
    { ...dependencies, reconcileAll: () => reconcile(dependencies) },
    await deliveryLogs(forges),
  ),
);
