import { z } from 'zod';
import { tableClient } from '../../shared/composition/clients.ts';
import { listLeftOut } from '../../shared/organizations/list-left-out.ts';
import { synchronizationOf } from '../../shared/organizations/synchronization-of.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('list-left-out');
const table = tableClient();

const Input = z.strictObject({
  slug: z.string(),
  synchronization: z.string().optional(),
  repository: z.string(),
  /** How many lines to skip. */
  from: z.number().int().nonnegative().default(0),
});

export const handler = invokeHandler(Input, { logger }, async ({ repository, from, ...named }) => {
  const { synchronization } = await synchronizationOf(table, named);
  return listLeftOut(table, synchronization, repository, from);
});
