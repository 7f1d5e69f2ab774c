import { z } from 'zod';
import { changePublishing } from '../../shared/organizations/set-publishing.ts';
import { tableClient, wakerClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { CallerError, invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { findOrganizationBySlug } from '../../shared/store/organization-store.ts';

const logger = createLogger('set-publishing');
const dependencies = { table: tableClient(), waker: wakerClient(), clock: systemClock };

const Input = z.strictObject({
  slug: z.string(),
  source: z.boolean().exactOptional(),
  outsideCode: z.boolean().exactOptional(),
});

export const handler = invokeHandler(Input, { logger }, async ({ slug, ...changes }) => {
  const organization = await findOrganizationBySlug(dependencies.table, slug);
  if (!organization) {
    throw new CallerError(`there is no organization ${slug}`);
  }
  return changePublishing(dependencies, organization, changes);
});
