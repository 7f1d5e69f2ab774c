import { z } from 'zod';
import { tableClient, wakerClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { CallerError, invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { findOrganizationBySlug } from '../../shared/store/organization-store.ts';
import { ownVendors } from '../../shared/sync/own-vendors.ts';

const logger = createLogger('set-owned-vendors');
const dependencies = { table: tableClient(), waker: wakerClient(), clock: systemClock };

const Input = z.strictObject({ slug: z.string(), vendors: z.array(z.string()) });

export const handler = invokeHandler(Input, { logger }, async ({ slug, vendors }) => {
  const organization = await findOrganizationBySlug(dependencies.table, slug);
  if (!organization) {
    throw new CallerError(`there is no organization ${slug}`);
  }
  return { scans: await ownVendors(dependencies, organization, vendors) };
});
