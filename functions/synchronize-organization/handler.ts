import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { synchronizationOf } from '../../shared/organizations/synchronization-of.ts';
import { synchronizationProgress, synchronizeNow } from '../../shared/organizations/synchronize-now.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('synchronize-organization');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, randomBytes };

const Input = z.strictObject({
  slug: z.string(),
  synchronization: z.string().optional(),
  /** The time of an earlier request: returns its progress and requests nothing. */
  asked: z.iso.datetime().optional(),
});

export const handler = invokeHandler(Input, { logger }, async ({ asked, ...named }) => {
  const { synchronization } = await synchronizationOf(dependencies.table, named);
  return asked === undefined
    ? synchronizeNow(dependencies, synchronization, { by: 'operator', why: '' })
    : synchronizationProgress(dependencies, synchronization, Date.parse(asked));
});
