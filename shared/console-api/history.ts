/** Who did what, when, why and from where. */
import { z } from 'zod';
import { Time } from './common.ts';
import { ChangeCounts } from './runs.ts';

export const HistoryEntry = z
  .object({
    id: z.string(),
    at: Time,
    by: z.string(),
    act: z.string(),
    subject: z.string(),
    why: z.string(),
    actor: z
      .object({
        kind: z.enum(['user', 'key', 'operator', 'synchronization', 'system']),
        id: z.string(),
        name: z.string(),
      })
      .optional(),
    from: z
      .object({
        address: z.string().optional(),
        session: z.string().optional(),
        token: z.string().optional(),
        delivery: z.string().optional(),
      })
      .optional(),
    count: z
      .number()
      .optional()
      .meta({ description: 'Of `request-refused`: how many there were within the hour, at least.' }),
    run: z
      .object({
        synchronization: z.string(),
        number: z.number(),
        counts: ChangeCounts,
        changes: z.string().meta({
          description:
            'Where its changes are, each with its reason, as long as the synchronization is there.',
        }),
        deliveries: z.array(z.string()).meta({ description: 'The webhook deliveries that asked for it.' }),
      })
      .optional()
      .meta({ description: 'Of `run`: what a code host said that changed something here.' }),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
  })
  .meta({ id: 'HistoryEntry' });

export const SignInEntry = z
  .object({
    at: Time,
    act: z.string(),
    user: z.string().optional(),
    session: z.string().optional(),
    account: z
      .object({
        forge: z.string(),
        baseUrl: z.string(),
        account: z.string(),
        login: z.string().optional().meta({ description: 'As it was then.' }),
      })
      .optional(),
    why: z.string().optional(),
    address: z.string().optional(),
    userAgent: z.string().optional(),
  })
  .meta({
    id: 'SignInEntry',
    description: 'A sign-in, a refusal, or what a person did to accounts, sessions and own tokens.',
  });
