import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { PreviewMessage, SyncMessage } from '../../events/messages/schema.ts';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { createForges, readOnly, structureReader } from '../../shared/composition/forges.ts';
import { runPreview } from '../../shared/organizations/run-preview.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { runScopes } from '../../shared/sync/run/run-scopes.ts';

const logger = createLogger('sync-organization');
const table = tableClient();
const dependencies = {
  table,
  workQueue: workQueueClient(),
  clock: systemClock,
  logger,
  newLeaseId: randomUUID,
  openReader: structureReader(createForges(table, logger)),
};

/** A preview writes nothing but its own result. */
const previewDependencies = {
  ...dependencies,
  openReader: structureReader(createForges(table, logger, readOnly)),
};

export const handler = queueHandler(z.union([PreviewMessage, SyncMessage]), { logger }, (message) =>
  'kind' in message
    ? runPreview(previewDependencies, message.synchronization)
    : runScopes(dependencies, message),
);
