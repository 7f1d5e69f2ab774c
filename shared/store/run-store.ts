/** Records of a synchronization's runs, for the history, and what is needed to take one back. */
import { z } from 'zod';
import type { Fact } from '../domain/facts.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import { type AnyScope, isScope } from '../domain/scopes.ts';
import { parseFact } from './fact-schema.ts';
import { keys, tableKeys } from './keys.ts';
import { loadPieces, putPieces } from './pieces-store.ts';
import { pieceNames } from './scope-store.ts';
import type { Table } from './table.ts';

const Count = z.number().default(0);
const RunItem = z.object({
  /** The run's number. */
  observedAt: z.number(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  finishedAt: z.number(),
  /** Requests to the forge, where the reader counts them. */
  requests: z.number().optional(),
  scopes: z.array(
    z.object({
      scope: z.string().refine((text): text is AnyScope => isScope(text)),
      cause: z.string(),
      /** `whole`, `unfinished` (another step goes on), or the code of what went wrong. */
      outcome: z.string(),
      /** Removals that wait for a person's word. */
      held: z.number().optional(),
      /** Changes that wait until the forge's API must know better. */
      deferred: z.number().optional(),
    }),
  ),
  counts: z.object({ add: Count, update: Count, remove: Count }),
  /** The first changes in words. */
  changes: z.array(z.string()),
});
type RunItem = z.infer<typeof RunItem>;
/** What one run did. */
export type RunRecord = Omit<RunItem, 'observedAt' | 'changes'>;
export type ScopeRecord = RunRecord['scopes'][number];
export interface StoredRun extends RunItem {}

const changesMax = 50;
const day = 24 * 3600;
/** How long a run that changed something is kept, in seconds; one that changed nothing is kept a day. */
export const runSeconds = 30 * day;

/**
 * Keeps the record.
 *
 * @param number the run's
 * @param changes all of them in words
 * @param removed kept whole, so that it can be put back
 */
export async function recordRun(
  table: Table,
  id: SynchronizationId,
  number: number,
  record: RunRecord,
  changes: readonly string[],
  removed: readonly RemovedFact[],
): Promise<void> {
  const kept = changes.length > 0 ? runSeconds : day;
  const expiresAt = Math.ceil(record.finishedAt / 1000) + kept;
  if (removed.length > 0) {
    await putPieces(table, id, pieceNames.removed(number), removed, expiresAt);
  }
  if (changes.length > changesMax) {
    await putPieces(table, id, pieceNames.changes(number), changes, expiresAt);
  }
  const item = { ...record, changes: changes.slice(0, changesMax), observedAt: number };
  await table.transact([{ put: keys.run(id, number), item: { ...item, [tableKeys.expiry]: expiresAt } }]);
}

export async function findRun(
  table: Table,
  id: SynchronizationId,
  number: number,
): Promise<StoredRun | undefined> {
  const item = await table.get(keys.run(id, number));
  return item === undefined ? undefined : RunItem.parse(item);
}

/** The latest records, newest first. @param limit of those that are looked at */
export async function latestRuns(
  table: Table,
  id: SynchronizationId,
  limit: number,
): Promise<readonly StoredRun[]> {
  const { pk } = keys.run(id, 0);
  const items = await table.query(pk, 'RUN#', { descending: true, limit });
  return items.map((item) => RunItem.parse(item));
}

/** All changes of the run in words, as far as they are still kept. */
export async function changesOf(
  table: Table,
  id: SynchronizationId,
  { observedAt, changes }: StoredRun,
): Promise<readonly string[]> {
  const all = await loadPieces(table, id, pieceNames.changes(observedAt));
  return z.array(z.string()).safeParse(all).data ?? changes;
}

export interface RemovedFact {
  readonly fact: Fact;
  readonly reason: string;
}

const Removed = z.array(z.object({ fact: z.unknown().transform(parseFact), reason: z.string() }));

/** What the run removed; undefined when it removed nothing, or when that is not kept any more. */
export async function loadRemoved(
  table: Table,
  id: SynchronizationId,
  run: number,
): Promise<readonly RemovedFact[] | undefined> {
  const pieces = await loadPieces(table, id, pieceNames.removed(run));
  return pieces === undefined ? undefined : Removed.parse(pieces);
}
