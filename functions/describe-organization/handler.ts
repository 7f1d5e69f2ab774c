import { z } from 'zod';
import { tableClient } from '../../shared/composition/clients.ts';
import {
  describeInstallation,
  describeOrganization,
} from '../../shared/organizations/describe-organization.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

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
