import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { confirmable } from '../../shared/organizations/confirmation.ts';
import { deleteOrganization } from '../../shared/organizations/delete-organization.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('delete-organization');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, randomBytes };

/** Without `confirm`, the slug, it only says what would be deleted. */
const Input = z.strictObject({ slug: z.string(), ...confirmable });

export const handler = invokeHandler(Input, { logger }, async ({ slug, ...rest }) =>
  deleteOrganization(dependencies, await organizationOf(dependencies.table, slug), rest),
);
