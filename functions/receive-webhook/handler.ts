import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { hookFinder } from '../../shared/composition/hooks.ts';
import { createIntegrations } from '../../shared/composition/integrations.ts';
import { cdnRequestCheck } from '../../shared/composition/origin-secret.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { eventBytesMax, httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { sourcesOf, type WebhookAddress } from '../../shared/sync/webhooks/delivery-source.ts';
import { receiveDelivery } from '../../shared/sync/webhooks/receive-delivery.ts';

const logger = createLogger('receive-webhook');
const table = tableClient();
const integrations = createIntegrations({ logger });
const findHook = hookFinder(table);
const dependencies = {
  table,
  workQueue: workQueueClient(),
  clock: systemClock,
  logger,
  sourcesOf: (address: WebhookAddress) => sourcesOf(address, integrations.current, findHook),
  newestSourcesOf: (address: WebhookAddress) => sourcesOf(address, integrations.beforeRefusal, findHook),
};

export const handler = httpHandler(
  { logger, bodyBytesMax: eventBytesMax, isFromCdn: cdnRequestCheck() },
  async (request) =>
    receiveDelivery(
      dependencies,
      { forge: request.parameters.forge ?? '', source: request.parameters.source },
      request,
    ),
);
