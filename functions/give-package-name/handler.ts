import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { givePackageName } from '../../shared/organizations/give-package-name.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { accountable } from '../../shared/organizations/owner-act.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('give-package-name');
const dependencies = {
  table: tableClient(),
  workQueue: workQueueClient(),
  clock: systemClock,
  randomBytes,
  logger,
};

const Input = z.strictObject({
  slug: z.string(),
  package: z.string(),
  /** Name, full name or id of the repository that gets the name. */
  to: z.string(),
  /** Whether it is the same package, moved. */
  samePackage: z.boolean().default(false),
  ...accountable,
});

export const handler = invokeHandler(
  Input,
  { logger },
  async ({ slug, package: packageName, to, samePackage, ...by }) => {
    const organization = await organizationOf(dependencies.table, slug);
    return givePackageName(dependencies, organization, { packageName, to, samePackage }, by);
  },
);
