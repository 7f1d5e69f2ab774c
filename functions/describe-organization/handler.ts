import { z } from 'zod';
import { tableClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { CallerError, invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { findOrganizationBySlug } from '../../shared/store/organization-store.ts';
import { describeInstallation, describeOrganization } from '../../shared/sync/describe-organization.ts';

const logger = createLogger('describe-organization');
const table = tableClient();

/** Without a slug: all organizations, and the installations that nobody connected. */
const Input = z.strictObject({ slug: z.string().optional() });

export const handler = invokeHandler(Input, { logger }, async ({ slug }) => {
  if (slug === undefined) {
    return describeInstallation(table);
  }
  const organization = await findOrganizationBySlug(table, slug);
  if (!organization) {
    throw new CallerError(`there is no organization ${slug}`);
  }
  return describeOrganization(table, organization, systemClock.now());
});
