import { randomUUID } from 'node:crypto';
import { ScanMessage } from '../../events/messages/schema.ts';
import { objectClient, tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { contentReader, createForges, packageReader } from '../../shared/composition/forges.ts';
import { createDistObjects } from '../../shared/publish/dist-objects.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { finishDist } from '../../shared/scan/finish-dist.ts';
import { loadScanInputs } from '../../shared/scan/scan-inputs.ts';
import { scanRepository } from '../../shared/scan/scan-repository.ts';
import { storeArchives } from '../../shared/scan/store-archives.ts';

const logger = createLogger('scan-repository');
const table = tableClient();
const forges = createForges(table, logger);
const dependencies = {
  table,
  objects: createDistObjects(objectClient(), required('registryBucket')),
  workQueue: workQueueClient(),
  clock: systemClock,
  newLeaseId: randomUUID,
  logger,
  load: loadScanInputs.bind(undefined, table),
  readerOf: contentReader(forges),
  reader: packageReader(table, forges),
};

function outcomeOf(message: ScanMessage) {
  switch (message.kind) {
    case 'scan':
      return scanRepository(dependencies, message.synchronization, message.repository);
    case 'archives':
      return storeArchives(dependencies, message.synchronization);
    case 'dist':
      return finishDist(dependencies, message);
  }
}

export const handler = queueHandler(ScanMessage, { logger }, async (message) => {
  const outcome = await outcomeOf(message);
  logger.info('scan', { ...message, outcome });
  return outcome === 'unknown' ? 'reject' : 'done';
});
