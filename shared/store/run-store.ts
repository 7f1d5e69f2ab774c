/**
 * The history of a synchronization: what each run did and why, and what is needed to undo it. It is written in the transactions
 * that change facts, so that a run whose worker dies is recorded too; the end of a run only adds that it ended.
 */
import { z } from 'zod';
import type { RecordedChange, Removal } from '../domain/change.ts';
import { evidenceIn } from '../domain/evidence.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import { type AnyScope, isScope } from '../domain/scopes.ts';
import { FactField, type StoredChange, StoredChanges } from './change-schema.ts';
import { keys, ranges, tableKeys } from './keys.ts';
import type { Operation, Table } from './table.ts';

const Count = z.number().default(0);
const RunItem = z
  .object({
    /** The run's number. */
    observedAt: z.number(),
    /** Milliseconds since the epoch. */
    startedAt: z.number(),
    /** When it last wrote; until it has finished, or died. */
    wroteAt: z.number().optional(),
    finishedAt: z.number().optional(),
    /** Requests to the forge, where the reader counts them. */
    requests: z.number().optional(),
    scopes: z.array(
      z.object({
        scope: z.string().refine((text): text is AnyScope => isScope(text)),
        cause: z.string(),
        /** `whole`, `unfinished` (another step continues), the error code, or `begun`. */
        outcome: z.string(),
        /** Removals that wait for an owner's decision. */
        held: z.number().optional(),
        /** Changes that are deferred because the forge's API may lag. */
        deferred: z.number().optional(),
      }),
    ),
    added: Count,
    updated: Count,
    removed: Count,
  })
  .transform(({ added, updated, removed, ...run }) => ({
    ...run,
    counts: { add: added, update: updated, remove: removed },
  }));
export type ScopeRecord = z.infer<typeof RunItem>['scopes'][number];
export type StoredRun = z.infer<typeof RunItem>;

/** One run, as far as it got. */
export interface RunProgress {
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly requests: number | undefined;
  readonly scopes: readonly ScopeRecord[];
}

const day = 24 * 3600;
/** How long a run with changes is kept, in seconds; one without is kept a day. */
export const runSeconds = 30 * day;

/** The changes of one transaction. */
export interface RecordedChanges {
  readonly counts: StoredRun['counts'];
  readonly changes: readonly RecordedChange[];
}

/**
 * Belongs in the transaction that changes the facts.
 *
 * @param place index of the transaction in the run
 * @param now milliseconds since the epoch
 */
export function noteChanges(
  id: SynchronizationId,
  { number, startedAt, requests, scopes }: RunProgress,
  place: number,
  { counts, changes }: RecordedChanges,
  now: number,
): readonly Operation[] {
  const expiresAt = { [tableKeys.expiry]: Math.ceil(now / 1000) + runSeconds };
  return [
    {
      update: {
        key: keys.run(id, number),
        set: { observedAt: number, startedAt, wroteAt: now, requests, scopes, ...expiresAt },
        add: { added: counts.add, updated: counts.update, removed: counts.remove },
      },
    },
    { put: keys.runChanges(id, number, place), item: { changes, ...expiresAt } },
  ];
}
/** Operations that `noteChanges` adds to a transaction. */
export const noteOperations = 2;

/** Records the end of a run. @returns its record, with the recorded changes. @param finishedAt milliseconds since the epoch */
export async function finishRun(
  table: Table,
  id: SynchronizationId,
  { number, startedAt, requests, scopes }: RunProgress,
  finishedAt: number,
): Promise<StoredRun> {
  const record = await table.update({
    key: keys.run(id, number),
    set: { observedAt: number, startedAt, requests, scopes, finishedAt },
    setIfMissing: { [tableKeys.expiry]: Math.ceil(finishedAt / 1000) + day },
  });
  return RunItem.parse(record);
}

export async function findRun(
  table: Table,
  id: SynchronizationId,
  number: number,
): Promise<StoredRun | undefined> {
  const item = await table.get(keys.run(id, number));
  return item === undefined ? undefined : RunItem.parse(item);
}

/** The latest records, newest first. @param limit how many are loaded */
export async function latestRuns(
  table: Table,
  id: SynchronizationId,
  limit: number,
): Promise<readonly StoredRun[]> {
  const { pk, sk } = ranges.runs(id);
  const items = await table.query(pk, sk, { descending: true, limit });
  return items.map((item) => RunItem.parse(item));
}

const Changes = z.object({
  changes: StoredChanges,
  /** Earlier versions stored removed facts beside the text of the change. */
  removed: z.array(z.object({ fact: FactField, reason: z.string() })).default([]),
});

/** All changes of the run, in the order in which they were written, as far as they are still stored. */
export async function changesOf(
  table: Table,
  id: SynchronizationId,
  run: number,
): Promise<readonly StoredChange[]> {
  return (await notesOf(table, id, run)).flatMap((item) => Changes.parse(item).changes);
}

/** What the run removed; undefined when it changed nothing, or when that is not stored any more. */
export async function loadRemoved(
  table: Table,
  id: SynchronizationId,
  run: number,
): Promise<readonly Removal[] | undefined> {
  const items = await notesOf(table, id, run);
  return items.length === 0 ? undefined : items.flatMap((item) => removedIn(Changes.parse(item)));
}

const removedIn = ({ changes, removed }: z.infer<typeof Changes>): readonly Removal[] => [
  ...removed.map(({ fact, reason }): Removal => {
    return { kind: 'remove', before: fact, evidence: evidenceIn(reason) };
  }),
  ...changes.flatMap((change) => (typeof change !== 'string' && change.kind === 'remove' ? [change] : [])),
];

function notesOf(table: Table, id: SynchronizationId, run: number) {
  const { pk, sk } = ranges.runChanges(id, run);
  return table.query(pk, sk);
}
