/**
 * The history of a synchronization: what each run did and why, and what is needed to undo it. It is written in the transactions
 * that change facts, so that a run whose worker dies is recorded too; the end of a run only adds that it ended.
 */
import { z } from 'zod';
import { CallerError } from '../domain/caller-error.ts';
import type { RecordedChange, Removal } from '../domain/change.ts';
import { evidenceIn } from '../domain/evidence.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import { type AnyScope, isScope } from '../domain/scopes.ts';
import { FactField, type StoredChange, StoredChanges } from './change-schema.ts';
import { keys, nameInKey, ranges, tableKeys } from './keys.ts';
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
        /** The webhook delivery that asked for it, by the id that the forge sends. */
        delivery: z.string().optional(),
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
/** How long a run with changes is kept, in seconds, as the history's entry about it; one without is kept a day. */
export const runSeconds = 400 * day;

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

/** Records that one read of a filtered page examines. */
const examined = 500;
const readsMax = 2;

export interface Page<Entry> {
  readonly entries: readonly Entry[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/**
 * A page of the records, newest first. It may be short although more follow. At most two reads.
 *
 * @param isShown which records are in it; undefined: all
 * @param after `next` of the page before
 * @throws CallerError when `after` is not one
 */
export async function runPage(
  table: Table,
  id: SynchronizationId,
  isShown: ((run: StoredRun) => boolean) | undefined,
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
): Promise<Page<StoredRun>> {
  const { pk, sk: prefix } = ranges.runs(id);
  if (after !== undefined && !/^\d{12}$/.test(after)) {
    throw new CallerError('invalid', 'no page of runs begins here');
  }
  const entries: StoredRun[] = [];
  let place = after;
  for (let reads = 0; reads < readsMax; reads++) {
    const asked = isShown === undefined ? limit - entries.length : examined;
    const items = await table.query(pk, prefix, {
      descending: true,
      limit: asked,
      after: place === undefined ? undefined : prefix + place,
    });
    for (const item of items) {
      place = nameInKey(item.sk);
      const run = RunItem.parse(item);
      if (isShown?.(run) ?? true) {
        entries.push(run);
      }
      if (entries.length === limit) {
        return { entries, next: place };
      }
    }
    if (items.length < asked) {
      return { entries, next: undefined };
    }
  }
  return { entries, next: place };
}

/** Transactions of a run that one page of its changes reads: each has dozens of changes. */
const transactionsRead = 20;

/**
 * A page of the run's changes, in the order in which they were written. It may be short although more follow. One read.
 *
 * @param after `next` of the page before
 * @throws CallerError when `after` is not one
 */
export async function changePage(
  table: Table,
  id: SynchronizationId,
  run: number,
  { limit, after = '0-0' }: { readonly limit: number; readonly after: string | undefined },
): Promise<Page<StoredChange>> {
  const [, first, shown] = /^(\d{1,4})-(\d{1,3})$/.exec(after) ?? [];
  if (first === undefined || shown === undefined) {
    throw new CallerError('invalid', 'no page of changes begins here');
  }
  const { pk, sk } = ranges.runChanges(id, run);
  const items = await table.query(pk, sk, {
    limit: transactionsRead,
    after: Number(first) === 0 ? undefined : keys.runChanges(id, run, Number(first) - 1).sk,
  });
  const entries: StoredChange[] = [];
  let skip = Number(shown);
  for (const item of items) {
    const place = Number(String(item.sk).slice(sk.length));
    const { changes } = Changes.parse(item);
    const room = limit - entries.length;
    entries.push(...changes.slice(skip, skip + room));
    if (changes.length > skip + room) {
      return { entries, next: `${place}-${skip + room}` };
    }
    skip = 0;
    if (entries.length === limit) {
      return { entries, next: `${place + 1}-0` };
    }
  }
  const last = items.at(-1);
  const isLast = last === undefined || items.length < transactionsRead;
  return { entries, next: isLast ? undefined : `${Number(String(last.sk).slice(sk.length)) + 1}-0` };
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
