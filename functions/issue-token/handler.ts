import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { issueToken } from '../../shared/tokens/issue-token.ts';

const logger = createLogger('issue-token');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, randomBytes };

const Input = z.strictObject({
  organization: z.string(),
  for: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('member'), login: z.string() }),
    z.strictObject({ kind: z.literal('team'), slug: z.string() }),
    z.strictObject({ kind: z.literal('organization') }),
  ]),
  description: z.string().max(200).default(''),
  /** ISO 8601 */
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});

export const handler = invokeHandler(Input, { logger }, async (input) => {
  const organization = await organizationOf(dependencies.table, input.organization);
  const issued = await issueToken(dependencies, organization, input.for, {
    description: input.description,
    expiresAt: input.expiresAt === undefined ? undefined : Date.parse(input.expiresAt),
  });
  return { ...issued, user: 'token', url: `${required('registryBaseUrl')}/${organization.slug}` };
});
