import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, wakerClient } from '../../shared/composition/clients.ts';
import { createForgeSource } from '../../shared/composition/forges.ts';
import { asId, type InstallationId } from '../../shared/domain/ids.ts';
import { gitHubBaseUrl } from '../../shared/domain/synchronization.ts';
import { connectOrganization } from '../../shared/organizations/connect-organization.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('connect-organization');
const table = tableClient();
const forge = createForgeSource(table);
const dependencies = {
  table,
  waker: wakerClient(),
  clock: systemClock,
  randomBytes,
  baseUrl: gitHubBaseUrl,
};

const Input = z.strictObject({
  slug: z.string(),
  name: z.string().min(1).max(200).optional(),
  installation: z
    .union([z.string().regex(/^\d+$/), z.int().positive()])
    .transform((id) => asId<InstallationId>(id)),
  repositories: z.union([z.literal('all'), z.array(z.string())]),
  ownedVendors: z.array(z.string()),
});

export const handler = invokeHandler(Input, { logger }, async (input) =>
  connectOrganization({ ...dependencies, forge: await forge() }, input),
);
