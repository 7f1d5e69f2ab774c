import { randomUUID } from 'node:crypto';
import { ScanMessage } from '../../events/messages/schema.ts';
import { objectClient, tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { createVcsReaders } from '../../shared/composition/vcs.ts';
import { createDistObjects } from '../../shared/publish/dist-objects.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { type FinishDistDependencies, finishDist } from '../../shared/scan/finish-dist.ts';
import { loadScanInputs } from '../../shared/scan/scan-inputs.ts';
import { type ScanDependencies, scanRepository } from '../../shared/scan/scan-repository.ts';
import type { StoredPackage } from '../../shared/store/package-store.ts';

const logger = createLogger('scan-vcs');
const table = tableClient();
const common = {
  table,
  objects: createDistObjects(objectClient(), required('registryBucket')),
  workQueue: workQueueClient(),
  clock: systemClock,
  newLeaseId: randomUUID,
  logger,
  load: loadScanInputs.bind(undefined, table),
};

function outcomeOf(dependencies: ScanDependencies & FinishDistDependencies, message: ScanMessage) {
  switch (message.kind) {
    case 'scan':
      return scanRepository(dependencies, message.synchronization, message.repository);
    case 'dist':
      return finishDist(dependencies, message);
    case 'archives':
      // Nobody requests that of repositories at a URL.
      return Promise.resolve('unknown');
  }
}

export const handler = queueHandler(ScanMessage, { logger }, async (message) => {
  const readers = createVcsReaders(table);
  const readerOf: ScanDependencies['readerOf'] = ({ id }, repository) => readers.open(id, repository);
  const reader = ({ synchronization, repository }: StoredPackage) =>
    readers.open(synchronization, repository);
  const dependencies = { ...common, readerOf, reader };
  try {
    const outcome = await outcomeOf(dependencies, message);
    logger.info('scan', { ...message, outcome });
    return outcome === 'unknown' ? 'reject' : 'done';
  } finally {
    await readers.close();
  }
});
