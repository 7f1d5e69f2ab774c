import { randomUUID } from 'node:crypto';
import { SyncMessage } from '../../events/messages/schema.ts';
import { tableClient, wakerClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createForgeSource, readerFor } from '../../shared/runtime/forges.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { runScope } from '../../shared/sync/run-scope.ts';

const logger = createLogger('sync-organization');
const dependencies = {
  table: tableClient(),
  waker: wakerClient(),
  clock: systemClock,
  logger,
  newLeaseId: randomUUID,
  openReader: readerFor.bind(undefined, createForgeSource()),
};

export const handler = queueHandler(SyncMessage, { logger }, (message) => runScope(dependencies, message));
