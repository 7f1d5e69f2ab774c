import { randomUUID } from 'node:crypto';
import { SyncMessage } from '../../events/messages/schema.ts';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { createForges, structureReader } from '../../shared/composition/forges.ts';
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

export const handler = queueHandler(SyncMessage, { logger }, (message) => runScopes(dependencies, message));
