import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { CallerError } from '../../shared/domain/caller-error.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { findOrganizationBySlug } from '../../shared/store/organization-store.ts';
import { tokensOfOrganization } from '../../shared/store/token-store.ts';
import { revokeToken } from '../../shared/store/token-transitions.ts';

const logger = createLogger('revoke-token');
const table = tableClient();
const workQueue = workQueueClient();

const Input = z.strictObject({ organization: z.string(), id: z.string() });

export const handler = invokeHandler(Input, { logger }, async (input) => {
  const organization = await findOrganizationBySlug(table, input.organization);
  const token =
    organization &&
    (await tokensOfOrganization(table, organization.id)).find((candidate) => candidate.id === input.id);
  if (!token) {
    throw new CallerError('not-found', `the organization ${input.organization} has no token ${input.id}`);
  }
  await workQueue.send(await revokeToken(table, token, systemClock.now()));
  return { id: token.id, state: 'revoked' as const };
});
