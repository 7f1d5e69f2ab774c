import { z } from 'zod';
import { tableClient } from '../../shared/composition/clients.ts';
import { listRuns, showRun } from '../../shared/organizations/list-runs.ts';
import { synchronizationOf } from '../../shared/organizations/synchronization-of.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('list-runs');
const table = tableClient();

const Input = z.strictObject({
  slug: z.string(),
  synchronization: z.string().optional(),
  /** Shows one run with all its changes. */
  number: z.number().int().positive().optional(),
  /** How many of its changes to skip. */
  from: z.number().int().nonnegative().default(0),
  /** Includes runs that changed nothing. */
  all: z.boolean().default(false),
});

export const handler = invokeHandler(Input, { logger }, async ({ number, from, all, ...named }) => {
  const { synchronization } = await synchronizationOf(table, named);
  return number === undefined
    ? { runs: await listRuns(table, synchronization, all, systemClock.now()) }
    : { run: await showRun(table, synchronization, number, systemClock.now(), from) };
});
