import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { confirmable } from '../../shared/organizations/confirmation.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { refuseCommits } from '../../shared/organizations/refuse-commits.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('refuse-commit');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, randomBytes };

/** Without `confirm`, the commits separated by commas, it only says what would be deleted. */
const Input = z.strictObject({ slug: z.string(), commits: z.array(z.string()), ...confirmable });

export const handler = invokeHandler(Input, { logger }, async ({ slug, commits, ...rest }) =>
  refuseCommits(dependencies, await organizationOf(dependencies.table, slug), commits, rest),
);
