import { randomUUID } from 'node:crypto';
import {
  createSecretReader,
  objectClient,
  tableClient,
  workQueueClient,
} from '../../shared/composition/clients.ts';
import { createForges, packageReader } from '../../shared/composition/forges.ts';
import { createDistObjects } from '../../shared/publish/dist-objects.ts';
import { fetchDist } from '../../shared/publish/fetch-dist.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { isSameSecret } from '../../shared/runtime/constant-time.ts';
import { originSecretHeader } from '../../shared/runtime/environment.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { jsonAnswer } from '../../shared/runtime/http-message.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { findOrganizationBySlug } from '../../shared/store/organization-store.ts';

const logger = createLogger('fetch-dist');
const table = tableClient();
const secret = createSecretReader();
const dependencies = {
  table,
  objects: createDistObjects(objectClient(), required('registryBucket')),
  workQueue: workQueueClient(),
  clock: systemClock,
  newLeaseId: randomUUID,
  logger,
  registryBaseUrl: required('registryBaseUrl'),
  findOrganization: findOrganizationBySlug.bind(undefined, table),
  reader: packageReader(table, createForges(table, logger)),
};

export const handler = httpHandler({ logger, bodyBytesMax: 0 }, async ({ headers, parameters }) => {
  // Only the CDN knows the secret, and it asks only for what the edge function let pass.
  if (!isSameSecret(headers[originSecretHeader] ?? '', await secret(required('originSecretArn')))) {
    return jsonAnswer(403, { error: 'forbidden' });
  }
  return fetchDist(dependencies, {
    slug: parameters.slug ?? '',
    packageNumber: parameters.number ?? '',
    file: parameters.file ?? '',
  });
});
