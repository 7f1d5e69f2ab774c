import { z } from 'zod';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { tableClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { describeInstallation, describeOrganization } from '../../shared/sync/describe-organization.ts';

const logger = createLogger('describe-organization');
const table = tableClient();

/** Without a slug: all organizations, and the installations that nobody connected. */
const Input = z.strictObject({ slug: z.string().optional() });

export const handler = invokeHandler(Input, { logger }, async ({ slug }) => {
  if (slug === undefined) {
    return describeInstallation(table);
  }
  return describeOrganization(table, await organizationOf(table, slug), systemClock.now());
});
