/** What the API says of previews: what a run would change. */
import { z } from 'zod';
import { callerErrorCodes } from '../domain/caller-error.ts';
import { Change, ChangeCounts, RunDifference, RunNumber } from './runs.ts';

export const PreviewNumber = RunNumber.meta({ type: 'integer', description: 'The number of a preview.' });

export const Preview = z
  .object({
    number: z.int(),
    state: z.enum(['waiting', 'running', 'done', 'failed']),
    progress: z
      .object({ read: z.int(), of: z.int() })
      .optional()
      .meta({ description: 'While it is running: how many lists of the code host were read.' }),
    failure: z
      .object({ code: z.enum(callerErrorCodes), message: z.string() })
      .optional()
      .meta({ description: 'Why nothing could be previewed.' }),
    requests: z.int().optional().meta({ description: 'To the code host.' }),
    scopes: z
      .array(
        z.object({
          scope: z.string(),
          outcome: z
            .string()
            .meta({ description: '`whole`, or why it could not be read.', example: 'whole' }),
          message: z.string().optional(),
          counts: ChangeCounts.optional(),
          changes: z.int().meta({ description: 'How many changes are listed.' }),
          held: z.int().meta({ description: 'Removals that would wait for an owner.' }),
          deferred: z.int().meta({ description: 'Changes that a later run would make.' }),
        }),
      )
      .optional()
      .meta({ description: 'Once it is done: each list of the code host.' }),
  })
  .meta({ id: 'Preview' });

export const PreviewedChange = z
  .object({
    scope: z.string(),
    kind: z.enum(['change', 'held', 'deferred']),
    text: Change,
    difference: RunDifference.optional().meta({ description: 'The same as data; not of a deferred one.' }),
  })
  .meta({ id: 'PreviewedChange' });
