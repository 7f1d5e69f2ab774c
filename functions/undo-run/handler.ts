import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { synchronizationOf } from '../../shared/organizations/synchronization-of.ts';
import { undoProgress, undoRun } from '../../shared/organizations/undo-run.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('undo-run');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, randomBytes };

const Input = z.strictObject({
  slug: z.string(),
  synchronization: z.string().optional(),
  number: z.number().int().positive(),
  /** The time of an earlier request: returns its progress and requests nothing. */
  asked: z.iso.datetime().optional(),
});

export const handler = invokeHandler(Input, { logger }, async ({ number, asked, ...named }) => {
  const { synchronization } = await synchronizationOf(dependencies.table, named);
  return asked === undefined
    ? undoRun(dependencies, synchronization, number, { by: 'operator', why: '' })
    : undoProgress(dependencies, synchronization, number, Date.parse(asked));
});
