import { randomUUID } from 'node:crypto';
import { PublishPackageMessage } from '../../events/messages/schema.ts';
import { addresses, forAddresses } from '../../shared/composition/addresses.ts';
import { objectClient, tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { createObjectWriter } from '../../shared/publish/object-writer.ts';
import { publishPackage } from '../../shared/publish/publish-package.ts';
import { requestPackages } from '../../shared/publish/request-packages.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { createSlugReader } from '../../shared/store/organization-store.ts';

const logger = createLogger('publish-package');
const table = tableClient();
const common = {
  table,
  objects: createObjectWriter(objectClient(), required('registryBucket')),
  workQueue: workQueueClient(),
  clock: systemClock,
  newLeaseId: randomUUID,
  slugOf: createSlugReader(table),
};
const dependenciesOf = forAddresses(addresses(), ({ registryBaseUrl }) => ({ ...common, registryBaseUrl }));

export const handler = queueHandler(PublishPackageMessage, { logger }, async (message) => {
  const dependencies = await dependenciesOf();
  const { organization, packageNumber } = message;
  const outcome =
    packageNumber === undefined
      ? await requestPackages(dependencies, organization)
      : await publishPackage(dependencies, organization, packageNumber);
  logger.info('package', { ...message, outcome });
  return 'done';
});
