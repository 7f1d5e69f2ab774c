import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { confirmable } from '../../shared/organizations/confirmation.ts';
import { deleteSynchronization } from '../../shared/organizations/delete-synchronization.ts';
import { synchronizationOf } from '../../shared/organizations/synchronization-of.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('delete-synchronization');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, randomBytes };

/** Without `confirm`, the forge organization's login, it only says what would be deleted. */
const Input = z.strictObject({ slug: z.string(), synchronization: z.string().optional(), ...confirmable });

export const handler = invokeHandler(Input, { logger }, async ({ slug, synchronization: id, ...rest }) => {
  const { organization, synchronization } = await synchronizationOf(dependencies.table, {
    slug,
    synchronization: id,
  });
  return deleteSynchronization(dependencies, organization, synchronization, rest);
});
