import { createSecretReader, tableClient, wakerClient } from '../../shared/composition/clients.ts';
import { gitHubBaseUrl } from '../../shared/domain/synchronization.ts';
import type { WebhookReader } from '../../shared/forge/forge.ts';
import { gitHubAppSecretSchema } from '../../shared/forge/github/forge.ts';
import { createWebhookReader } from '../../shared/forge/github/webhook.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { receiveDelivery } from '../../shared/sync/webhooks/receive-delivery.ts';

const logger = createLogger('receive-webhook');
const secret = createSecretReader();
const dependencies = {
  table: tableClient(),
  waker: wakerClient(),
  clock: systemClock,
  logger,
  baseUrl: gitHubBaseUrl,
};

export const handler = httpHandler({ logger }, async (request) =>
  receiveDelivery({ ...dependencies, webhooks: await webhooks() }, request),
);

async function webhooks(): Promise<WebhookReader> {
  const { webhookSecret } = gitHubAppSecretSchema.parse(
    JSON.parse(await secret(required('gitHubAppSecretArn'))),
  );
  return createWebhookReader({ secret: webhookSecret });
}
