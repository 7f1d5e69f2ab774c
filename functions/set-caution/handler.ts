import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { changeCaution } from '../../shared/organizations/set-caution.ts';
import { synchronizationOf } from '../../shared/organizations/synchronization-of.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('set-caution');
const dependencies = {
  table: tableClient(),
  workQueue: workQueueClient(),
  clock: systemClock,
  logger,
  randomBytes,
};

const Input = z.strictObject({
  slug: z.string(),
  synchronization: z.string().optional(),
  heldShare: z.number().exactOptional(),
  heldAbove: z.int().exactOptional(),
  suspendAfterDays: z.int().exactOptional(),
});

export const handler = invokeHandler(Input, { logger }, async ({ slug, synchronization: id, ...changes }) => {
  const { synchronization } = await synchronizationOf(dependencies.table, { slug, synchronization: id });
  return changeCaution(dependencies, synchronization, changes);
});
