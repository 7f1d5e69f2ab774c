import { randomUUID } from 'node:crypto';
import { DeletionMessage } from '../../events/messages/schema.ts';
import { objectClient, tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { runDeletion } from '../../shared/organizations/deletion/run-deletion.ts';
import { createStoredObjects } from '../../shared/publish/stored-objects.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';

const logger = createLogger('run-deletion');
const dependencies = {
  table: tableClient(),
  storedObjects: createStoredObjects(objectClient(), required('registryBucket')),
  workQueue: workQueueClient(),
  clock: systemClock,
  newLeaseId: randomUUID,
};

export const handler = queueHandler(DeletionMessage, { logger }, async (message) => {
  const outcome = await runDeletion(dependencies, message.organization, message.subject);
  logger.info('deletion', { ...message, outcome });
  return outcome === 'unknown' ? 'reject' : 'done';
});
