import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { changePublishing } from '../../shared/organizations/set-publishing.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('set-publishing');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock };

const Input = z.strictObject({
  slug: z.string(),
  source: z.boolean().exactOptional(),
  outsideCode: z.boolean().exactOptional(),
});

export const handler = invokeHandler(Input, { logger }, async ({ slug, ...changes }) => {
  const organization = await organizationOf(dependencies.table, slug);
  return changePublishing(dependencies, organization, changes);
});
