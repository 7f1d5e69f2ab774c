import { z } from 'zod';
import { tableClient } from '../../shared/composition/clients.ts';
import { createForges, readOnly, structureReader } from '../../shared/composition/forges.ts';
import { previewRun } from '../../shared/organizations/preview-run.ts';
import { synchronizationOf } from '../../shared/organizations/synchronization-of.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('preview-run');
const table = tableClient();
const dependencies = {
  table,
  clock: systemClock,
  openReader: structureReader(createForges(table, logger, readOnly)),
};

const Input = z.strictObject({ slug: z.string(), synchronization: z.string().optional() });

export const handler = invokeHandler(Input, { logger }, async (named) => {
  const { synchronization } = await synchronizationOf(dependencies.table, named);
  return previewRun(dependencies, synchronization);
});
