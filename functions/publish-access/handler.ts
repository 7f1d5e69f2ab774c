import { PublishAccessMessage } from '../../events/messages/schema.ts';
import { keyValueClient, tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { createKeyValues } from '../../shared/publish/key-values.ts';
import { publishAccess } from '../../shared/publish/publish-access.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { batchHandler } from '../../shared/runtime/queue-handler.ts';

const logger = createLogger('publish-access');
const dependencies = {
  table: tableClient(),
  keyValues: createKeyValues(keyValueClient(), required('accessStoreArn'), logger),
  workQueue: workQueueClient(),
  clock: systemClock,
  logger,
};

export const handler = batchHandler(PublishAccessMessage, { logger }, async (messages) => {
  const written = await publishAccess(
    dependencies,
    messages.flatMap((message) => message.keys),
  );
  logger.info('edge keys written', { keys: written });
  return new Set();
});
