import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { confirmable } from '../../shared/organizations/confirmation.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { deleteVersions } from '../../shared/organizations/refuse-commits.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('delete-version');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, randomBytes };

/** Without `confirm`, the package's name, it only says what would be deleted. */
const Input = z.strictObject({
  slug: z.string(),
  package: z.string(),
  versions: z.array(z.string()).min(1),
  ...confirmable,
});

export const handler = invokeHandler(
  Input,
  { logger },
  async ({ slug, package: packageName, versions, ...rest }) =>
    deleteVersions(
      dependencies,
      await organizationOf(dependencies.table, slug),
      { packageName, versions },
      rest,
    ),
);
