/** What the API says of a synchronization's runs: what was read, what changed, what waits for an owner. */
import { z } from 'zod';
import { Line, Time } from './common.ts';

const Text = (description: string, example: string) => z.string().meta({ description, example });

const Failure = z.object({
  at: Time,
  code: Text('A code for programs.', 'unavailable'),
  message: z.string(),
});

const scopeFields = {
  lastSuccess: Time.optional(),
  readBy: Text('How it was read, where there is more than one way.', 'from one list').optional(),
  lastFailure: Failure.optional(),
  isPending: z.boolean().meta({ description: 'A read is requested and not done.' }),
  cause: z.string().optional().meta({ description: 'Why it was requested.' }),
  runningSince: Time.optional(),
  lookAgainAt: Time.optional().meta({
    description:
      'When it is read again by itself, because the code host may have answered with an old state.',
  }),
  hidden: z
    .object({ since: Time, why: z.string() })
    .optional()
    .meta({ description: 'The code host does not show this list: it has none, or we may not see it.' }),
  differences: z
    .array(z.object({ since: Time, why: z.string() }))
    .optional()
    .meta({
      description:
        'Repositories of which the code host lists other readers than its memberships add up to. Rights follow memberships.',
    }),
  uncompared: z
    .array(z.object({ since: Time, why: z.string() }))
    .optional()
    .meta({ description: 'Repositories of which the code host did not give that list.' }),
  notBefore: Time.optional().meta({ description: 'The read does not continue before.' }),
  reading: z.object({ read: z.number(), total: z.number().optional(), since: Time }).optional(),
} as const;

const about = Text(
  'Of a part: the login, slug or full name of what it is about, where that is known.',
  'payments',
).optional();

export const ScopeState = z
  .object({ ...scopeFields, about })
  .meta({ id: 'ScopeState', description: 'The state of one list of the code host, or of a part of one.' });

const scopeName = Text('A list of the code host, or one member, team or repository of it.', 'members');

export const Progress = z
  .object({
    asked: Time.meta({ description: 'When it was requested.' }),
    isDone: z.boolean(),
    recordedAs: z.array(z.number()).meta({ description: 'The runs that carried it out, the newest first.' }),
    scopes: z.array(
      z.object({
        ...scopeFields,
        scope: scopeName,
        outcome: z.enum(['pending', 'read', 'failed']),
        failure: Failure.optional().meta({
          description: 'The last one since the request; retried while pending.',
        }),
      }),
    ),
  })
  .meta({ id: 'Progress' });

export const Undo = Progress.extend({
  run: z.number(),
  putBack: z.array(z.string()),
  left: z.array(z.object({ what: z.string(), reason: z.string() })),
  counts: z
    .object({ putBack: z.number(), left: z.number() })
    .meta({ description: 'All of them; the lists have at most 5,000 entries each.' }),
}).meta({ id: 'Undo' });

export const ChangeCounts = z.object({ add: z.number(), update: z.number(), remove: z.number() });

export const Run = z
  .object({
    number: z.number(),
    started: Time,
    seconds: z.number(),
    requests: z.number().optional().meta({ description: 'To the code host.' }),
    counts: ChangeCounts,
    scopes: z.array(
      z.object({
        scope: scopeName,
        cause: z.string(),
        delivery: z.string().optional().meta({
          description: 'The webhook delivery that asked for it, by the id that the code host sends.',
        }),
        outcome: Text('`whole`, `unfinished`, `begun`, or why it failed.', 'whole'),
        held: z.number().optional().meta({ description: 'Removals that wait for an owner.' }),
        deferred: z.number().optional(),
      }),
    ),
  })
  .meta({ id: 'Run', description: 'Kept for 400 days; for a day if nothing changed.' });

export const Change = Text(
  'A change with its reason, as a line of text.',
  'member ann (1007) removed: the code host says that it is gone',
);

const Named = z.object({ id: z.string(), name: z.string() });

export const RunDifference = z
  .object({
    kind: z.enum(['add', 'update', 'return', 'remove', 'package-name', 'text']).meta({
      description:
        '`return`: an event had withdrawn it; `package-name`: a name passed to another repository; `text`: an earlier version kept only the line.',
    }),
    fact: z.string().optional().meta({ description: 'What it is, such as `team-member`.' }),
    account: Named.optional().meta({ description: 'Its `id` is one of a person.' }),
    team: Named.optional(),
    inheritedFrom: Named.optional(),
    repository: Named.optional(),
    package: z.string().optional(),
    fields: z
      .array(z.object({ name: z.string(), before: z.string().optional(), after: z.string().optional() }))
      .meta({ description: 'What else the code host said of it, and says now.' }),
    reason: z.string(),
    text: Change,
  })
  .meta({ id: 'RunDifference' });

export const HeldRemovals = z
  .object({
    scope: scopeName,
    about,
    since: Time,
    count: z.number(),
    digest: Text('Identifies exactly these removals.', 'f3b0c44298fc'),
    changes: z.array(Change).meta({ description: 'The first of them.' }),
    differences: z.array(RunDifference).meta({ description: 'The same as data.' }),
    decision: z.enum(['yes', 'no']).optional(),
    decidedAt: Time.optional(),
  })
  .meta({
    id: 'HeldRemovals',
    description: 'Entries that are missing from a list, too many to be believed without an owner.',
  });

export const RemovalsDecision = z
  .strictObject({
    scope: scopeName.max(200),
    decision: z.enum(['yes', 'no']).meta({
      description: '`yes`: the next whole read removes them. `no`: they stay, and raise no alarm again.',
    }),
    shown: z.string().max(100).meta({ description: 'The digest that you were shown with them.' }),
    why: Line(500).optional().meta({ description: 'For the history.' }),
  })
  .meta({ id: 'RemovalsDecision' });

export const DecidedRemovals = z
  .object({
    scope: scopeName,
    count: z.number(),
    decision: z.enum(['yes', 'no']),
    decidedAt: Time.meta({
      description: 'For the progress of the read that follows a yes (`readSynchronizationProgress`).',
    }),
  })
  .meta({ id: 'DecidedRemovals' });

export const RunNumber = z
  .string()
  .regex(/^[1-9]\d{0,11}$/, 'is no number of a run')
  .transform(Number)
  .meta({ type: 'integer', description: 'The number of a run.' });
