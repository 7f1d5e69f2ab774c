import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { decideRemovals } from '../../shared/organizations/decide-removals.ts';
import { synchronizationOf } from '../../shared/organizations/synchronization-of.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('decide-removals');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, randomBytes };

const Input = z.strictObject({
  slug: z.string(),
  synchronization: z.string().optional(),
  scope: z.string(),
  decision: z.enum(['yes', 'no']),
  /** The digest of the held removals, as displayed. */
  shown: z.string(),
});

export const handler = invokeHandler(Input, { logger }, async ({ slug, synchronization: id, ...word }) => {
  const { synchronization } = await synchronizationOf(dependencies.table, { slug, synchronization: id });
  return decideRemovals(dependencies, synchronization, word, { by: 'operator', why: '' });
});
