import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { accountable } from '../../shared/organizations/owner-act.ts';
import { allowAccess } from '../../shared/organizations/stop-access.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('allow-access');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, randomBytes };

const Input = z.strictObject({ slug: z.string(), ...accountable });

export const handler = invokeHandler(Input, { logger }, async ({ slug, ...by }) => {
  const organization = await organizationOf(dependencies.table, slug);
  await allowAccess(dependencies, organization, by);
  return { slug, access: 'allowed' as const };
});
