/** Deliveries of code hosts. Never what was in them. */
import { z } from 'zod';
import { Time } from './common.ts';

const Event = z.string().meta({ description: "The code host's name of the event.", example: 'push' });
const Delivery = z
  .string()
  .meta({ description: "The code host's id of the event, the same for each attempt." });

/** Hooks that are installed for a synchronization, where the code host needs that. */
export const HooksState = z
  .object({
    on: z.enum(['organization', 'repositories']).optional().meta({
      description:
        '`organization`: one for all, where its plan has that. `repositories`: one on each with a package. Missing until the code host was asked.',
    }),
    working: z.int(),
    notWorking: z.int().meta({ description: 'Paused or disabled by the code host after failures.' }),
    missing: z.int().meta({ description: 'Not installed yet.' }),
    problem: z
      .object({
        code: z.string(),
        message: z.string().meta({ description: 'Why they are missing, and what to do.' }),
        since: Time,
      })
      .optional(),
  })
  .meta({ id: 'HooksState' });

export const Hook = z
  .object({
    hook: z.string().meta({ description: 'Its id here, part of the address that it delivers to.' }),
    repository: z
      .object({ id: z.string(), name: z.string().optional() })
      .optional()
      .meta({ description: 'Missing: it is installed on the organization.' }),
    state: z.enum(['installing', 'working', 'paused', 'disabled']),
    since: Time.optional(),
  })
  .meta({ id: 'Hook' });

export const Webhook = z
  .object({
    synchronization: z.string(),
    login: z.string(),
    forge: z.string(),
    baseUrl: z.string(),
    lastDelivery: z
      .object({ at: Time, event: Event })
      .optional()
      .meta({ description: 'The last one that said something new, within seven days.' }),
    recovered: z.int().meta({
      description: "Of the last 100, how many did not arrive and were taken from the code host's log.",
    }),
    refusedAt: Time.optional().meta({
      description:
        "When anybody's delivery to the address of this kind of code host was refused last, for its signature.",
    }),
    hasLog: z
      .boolean()
      .meta({ description: 'The code host keeps a log that can be shown, and delivers again.' }),
    hooks: HooksState.optional().meta({
      description: 'Where deliveries come through webhooks that are installed for the synchronization.',
    }),
  })
  .meta({ id: 'Webhook' });

export const ReceivedDelivery = z
  .object({
    delivery: Delivery,
    event: Event,
    at: Time,
    by: z
      .enum(['webhook', 'log'])
      .meta({ description: "`log`: it did not arrive, and was taken from the code host's log." }),
  })
  .meta({ id: 'ReceivedDelivery' });

export const DeliveryAttempt = z
  .object({
    id: z.string().meta({ description: 'Of the attempt, for delivering it again.' }),
    delivery: Delivery,
    event: Event,
    at: Time.optional().meta({ description: 'Missing where the code host does not say.' }),
    arrived: z.boolean(),
    status: z.int().optional().meta({ description: 'Of our answer; missing when there was none in time.' }),
    isRedelivery: z.boolean(),
  })
  .meta({ id: 'DeliveryAttempt' });
