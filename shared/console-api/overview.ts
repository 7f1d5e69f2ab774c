/** An organization at a glance: its state, its days, and what its first import found. */
import { z } from 'zod';
import { waitingReasons } from '../domain/package.ts';
import { Time } from './common.ts';
import { HistoryEntry } from './history.ts';
import { NoPackageReason } from './packages.ts';
import { Run } from './runs.ts';
import { Synchronization } from './synchronizations.ts';
import { HooksState } from './webhooks.ts';

const count = z.int().min(0);
const NamedRepository = z.object({ id: z.string(), name: z.string() });
const listOf = <Entry extends z.ZodType>(entry: Entry, what: string) =>
  z
    .object({ count, items: z.array(entry).meta({ description: 'The first 20.' }) })
    .meta({ description: what });

const WaitingName = z.object({ name: z.string(), repository: NamedRepository });

const OverviewSynchronization = Synchronization.extend({
  lastRun: Run.optional().meta({ description: 'The latest one, whether it changed anything or not.' }),
  nextReadBy: Time.optional().meta({
    description: 'When everything is read again at the latest; missing until it was read once.',
  }),
  heldRemovals: z.array(
    z.object({ scope: z.string(), since: Time, count }).meta({ description: 'They wait for an owner.' }),
  ),
  connection: z.object({
    state: z.string(),
    expiresAt: Time.optional(),
    advice: z.string().optional().meta({ description: 'What an owner has to do.' }),
  }),
  hooks: HooksState.optional(),
  counts: z.object({ members: count, outside: count, teams: count, repositories: count }),
}).meta({ id: 'OverviewSynchronization' });

export const Overview = z
  .object({
    slug: z.string(),
    name: z.string(),
    accessStoppedAt: Time.optional(),
    synchronizations: z.array(OverviewSynchronization),
    counts: z.object({
      packages: z.object({ available: count, accepted: count, unreadable: count }),
      versions: count,
      downloads: count.meta({ description: 'Since they are counted.' }),
    }),
    attention: z
      .object({
        movedTags: listOf(
          z.object({
            package: z.string(),
            version: z.string(),
            tag: z.string(),
            repository: NamedRepository,
          }),
          'The versions keep the first commit until an owner accepts the other.',
        ),
        contestedNames: listOf(z.string(), 'Several repositories claim them, and an owner has to give them.'),
        waiting: z
          .array(listOf(WaitingName, '').extend({ reason: z.enum(waitingReasons) }))
          .meta({ description: 'Names that scans found and that are no packages, by the reason.' }),
        scanFailures: listOf(
          z.object({ repository: NamedRepository, at: Time, code: z.string(), message: z.string() }),
          'Repositories whose last scan failed.',
        ),
      })
      .meta({ description: 'Beside what stands with the synchronizations.' }),
    lately: z.object({
      runs: z
        .array(Run.extend({ synchronization: z.string() }))
        .meta({ description: 'The latest five that changed something, the newest first.' }),
      history: z.array(HistoryEntry.omit({ id: true })).meta({ description: 'The latest ten.' }),
    }),
  })
  .meta({ id: 'Overview' });

export const Activity = z
  .object({
    days: z
      .array(
        z.object({
          day: z.iso.date(),
          downloads: count.meta({ description: 'Installations that Composer reported.' }),
          packages: count.meta({ description: 'At the end of the day.' }),
        }),
      )
      .meta({ description: 'Every day in UTC, the earliest first.' }),
  })
  .meta({ id: 'Activity' });

export const ImportSummary = z
  .object({
    isOver: z.boolean(),
    lists: z.array(z.object({ name: z.string(), readAt: Time.optional() })).meta({
      description: 'Of the code host; one without a time was not read to its end yet.',
    }),
    counts: z.object({
      members: count,
      outside: count,
      teams: count,
      repositories: count,
      scanned: count.meta({ description: 'Repositories that were scanned.' }),
      packages: count,
      published: count.meta({
        description: 'Packages whose versions are published and counted.',
      }),
      versions: count,
    }),
    skipped: z
      .array(
        z.object({
          reason: NoPackageReason,
          count,
          items: z
            .array(
              z.object({
                repository: NamedRepository,
                name: z
                  .string()
                  .optional()
                  .meta({ description: 'Of the package that it would be, or claims.' }),
                failure: z.string().optional(),
              }),
            )
            .meta({ description: 'The first 50.' }),
        }),
      )
      .meta({ description: 'Scanned repositories without a package, by the reason.' }),
  })
  .meta({ id: 'ImportSummary' });
