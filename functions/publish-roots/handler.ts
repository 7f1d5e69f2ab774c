import { randomUUID } from 'node:crypto';
import { PublishRootsMessage } from '../../events/messages/schema.ts';
import { addresses, forAddresses } from '../../shared/composition/addresses.ts';
import { objectClient, tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { isOwner } from '../../shared/organizations/membership.ts';
import { effectiveRightsOf } from '../../shared/publish/effective-rights.ts';
import { createObjectWriter } from '../../shared/publish/object-writer.ts';
import { publishView } from '../../shared/publish/publish-view.ts';
import { requestPrincipals } from '../../shared/publish/request-principals.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { createSlugReader } from '../../shared/store/organization-store.ts';

const logger = createLogger('publish-roots');
const table = tableClient();
const common = {
  table,
  objects: createObjectWriter(objectClient(), required('registryBucket')),
  workQueue: workQueueClient(),
  clock: systemClock,
  newLeaseId: randomUUID,
  slugOf: createSlugReader(table),
  effectiveRightsOf: effectiveRightsOf.bind(undefined, table),
  isOwner: isOwner.bind(undefined, table),
};
const dependenciesOf = forAddresses(addresses(), ({ registryBaseUrl }) => ({ ...common, registryBaseUrl }));

export const handler = queueHandler(PublishRootsMessage, { logger }, async (message) => {
  const dependencies = await dependenciesOf();
  const outcome =
    message.kind === 'grants'
      ? await requestPrincipals(dependencies, message.organization)
      : await publishView(dependencies, message.organization, message.principal);
  logger.info('view', { ...message, outcome });
  return 'done';
});
