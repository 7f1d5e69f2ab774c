import { randomUUID } from 'node:crypto';
import { addresses, forAddresses } from '../../shared/composition/addresses.ts';
import { objectClient, tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { createForges, packageReader } from '../../shared/composition/forges.ts';
import { cdnRequestCheck } from '../../shared/composition/origin-secret.ts';
import { createDistObjects } from '../../shared/publish/dist-objects.ts';
import { fetchDist } from '../../shared/publish/fetch-dist.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { findOrganizationBySlug } from '../../shared/store/organization-store.ts';

const logger = createLogger('fetch-dist');
const table = tableClient();
const common = {
  table,
  objects: createDistObjects(objectClient(), required('registryBucket')),
  workQueue: workQueueClient(),
  clock: systemClock,
  newLeaseId: randomUUID,
  logger,
  findOrganization: findOrganizationBySlug.bind(undefined, table),
  reader: packageReader(table, createForges(table, logger)),
};
const dependenciesOf = forAddresses(addresses(), ({ registryBaseUrl }) => ({ ...common, registryBaseUrl }));

/**
 * Asks nobody for a token. Its origin secret is one that the CDN sends only with requests that the edge function let pass: the console's host
 * leads to the same API.
 */
export const handler = httpHandler(
  { logger, bodyBytesMax: 0, isFromCdn: cdnRequestCheck() },
  async ({ parameters }) =>
    fetchDist(await dependenciesOf(), {
      slug: parameters.slug ?? '',
      packageNumber: parameters.number ?? '',
      file: parameters.file ?? '',
    }),
);
