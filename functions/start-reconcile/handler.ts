import middy from '@middy/core';
import { tableClient, wakerClient } from '../../shared/composition/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';

const logger = createLogger('start-reconcile');
const dependencies = { table: tableClient(), waker: wakerClient(), clock: systemClock, logger };

export const handler = middy(async () => {
  const asked = await reconcile(dependencies);
  logger.info('asked for a reconcile', asked);
  return asked;
});
