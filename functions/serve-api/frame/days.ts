/** So many days back from today, as a query asks for them. */
import { z } from 'zod';
import { downloadDaysMax } from '../../../shared/store/download-store.ts';

export const daysUsual = 30;

export const daysQuery = z.strictObject({
  days: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'has to be a number of days')
    .transform(Number)
    .refine((days) => days <= downloadDaysMax, `has to be at most ${downloadDaysMax}`)
    .optional()
    .meta({
      type: 'integer',
      minimum: 1,
      maximum: downloadDaysMax,
      description: `Back from today, at most ${downloadDaysMax}; ${daysUsual} if left out.`,
    }),
});
