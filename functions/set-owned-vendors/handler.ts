import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { ownVendors } from '../../shared/organizations/own-vendors.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('set-owned-vendors');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock };

const Input = z.strictObject({ slug: z.string(), vendors: z.array(z.string()) });

export const handler = invokeHandler(Input, { logger }, async ({ slug, vendors }) => {
  const organization = await organizationOf(dependencies.table, slug);
  return { scans: await ownVendors(dependencies, organization, vendors) };
});
