import middy from '@middy/core';
import { gitHubBaseUrl } from '../../shared/domain/synchronization.ts';
import { tableClient, wakerClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createForgeSource } from '../../shared/runtime/forges.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { catchUp } from '../../shared/sync/catch-up.ts';
import { reconcile } from '../../shared/sync/reconcile.ts';

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
