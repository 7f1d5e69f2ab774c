import { tableClient, wakerClient } from '../../shared/composition/clients.ts';
import { createForges } from '../../shared/composition/forges.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { sourcesOf, type WebhookAddress } from '../../shared/sync/webhooks/delivery-source.ts';
import { receiveDelivery } from '../../shared/sync/webhooks/receive-delivery.ts';

const logger = createLogger('receive-webhook');
const table = tableClient();
const forges = createForges(table);
const dependencies = {
  table,
  waker: wakerClient(),
  clock: systemClock,
  logger,
  sourcesOf: async (address: WebhookAddress) =>
    sourcesOf(address, await forges.integrations(), async () => undefined),
};

export const handler = httpHandler({ logger }, async (request) =>
  receiveDelivery(
    dependencies,
    { forge: request.parameters.forge ?? '', source: request.parameters.source },
    request,
  ),
);
