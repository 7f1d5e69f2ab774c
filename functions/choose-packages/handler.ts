import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { choosePackages } from '../../shared/organizations/choose-packages.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('choose-packages');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock };

const Input = z.strictObject({
  slug: z.string(),
  repositories: z.union([z.literal('all'), z.array(z.string()).min(1)]),
  /** With `all`: forks too. */
  forks: z.boolean().default(false),
});

export const handler = invokeHandler(Input, { logger }, async ({ slug, ...choice }) => {
  const organization = await organizationOf(dependencies.table, slug);
  return { chosen: await choosePackages(dependencies, organization, choice) };
});
