import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { confirmable } from '../../shared/organizations/confirmation.ts';
import { deletePackage } from '../../shared/organizations/delete-package.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('delete-package');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, randomBytes };

/** Without `confirm`, the package's name, it only says what would be deleted. */
const Input = z.strictObject({
  slug: z.string(),
  package: z.string(),
  keepArchives: z.boolean().default(false),
  ...confirmable,
});

export const handler = invokeHandler(
  Input,
  { logger },
  async ({ slug, package: packageName, keepArchives, ...rest }) =>
    deletePackage(
      dependencies,
      await organizationOf(dependencies.table, slug),
      { packageName, keepArchives },
      rest,
    ),
);
