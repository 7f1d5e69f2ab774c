import middy from '@middy/core';
import { tableClient, wakerClient } from '../../shared/composition/clients.ts';
import { createForgeSource } from '../../shared/composition/forges.ts';
import { gitHubBaseUrl } from '../../shared/domain/synchronization.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { catchUp } from '../../shared/sync/webhooks/catch-up.ts';

const logger = createLogger('catch-up-deliveries');
const table = tableClient();
const forge = createForgeSource(table);
const dependencies = {
  table,
  waker: wakerClient(),
  clock: systemClock,
  logger,
  baseUrl: gitHubBaseUrl,
};

export const handler = middy(async () =>
  catchUp({
    ...dependencies,
    log: (await forge()).deliveries,
    reconcileAll: () => reconcile(dependencies),
  }),
);
