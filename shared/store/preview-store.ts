/** The previews of a synchronization: one work item, which counts them, and the result of each. */
import { z } from 'zod';
import { callerErrorCodes } from '../domain/caller-error.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import { StoredChanges } from './change-schema.ts';
import { loadChunks, putChunks } from './chunk-store.ts';
import { equal } from './condition.ts';
import { chunkNames, keys } from './keys.ts';
import type { Item, Table } from './table.ts';
import type { Lease } from './work.ts';

const Failure = z.object({ code: z.enum(callerErrorCodes), message: z.string() });
export type PreviewFailure = z.infer<typeof Failure>;

/** A preview that ended, and the requests that it answers: those from `from` to `number`, under which its result is kept. */
const EndedPreview = z.object({
  from: z.number(),
  number: z.number(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Why it shows nothing. */
  failure: Failure.optional(),
});
export type EndedPreview = z.infer<typeof EndedPreview>;

export const PreviewItem = z.object({
  wanted: z.number(),
  done: z.number().default(0),
  /** Of the latest request; milliseconds since the epoch. */
  askedAt: z.number(),
  /** Made as if this were set (`Synchronization.viewersInstall`). */
  viewersInstall: z.boolean().optional(),
  leaseId: z.string().optional(),
  leaseUntil: z.number().default(0),
  /** How many lists of the forge the worker has read, and of how many. */
  progress: z.object({ read: z.number(), of: z.number() }).optional(),
  /** Those of the last day, in their order. Missing in items of earlier versions, … */
  ended: z.array(EndedPreview).optional(),
  /** … which have the failure of the latest one here, and its result for all numbers. */
  failure: Failure.optional(),
});
export type PreviewItem = z.infer<typeof PreviewItem>;

const PreviewResult = z.object({
  requests: z.number().optional(),
  scopes: z
    .array(
      z.object({
        scope: z.string(),
        outcome: z.string(),
        message: z.string().optional(),
        counts: z.object({ add: z.number(), update: z.number(), remove: z.number() }).optional(),
        changes: StoredChanges,
        held: StoredChanges,
        deferred: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
});
export type PreviewResult = z.infer<typeof PreviewResult>;

/** How long a result can be read, in seconds: it says what a run would have changed then. */
const keptSeconds = 24 * 3600;
/** So many are remembered at most. */
const endedMax = 100;

/** One read. @returns undefined where nothing was previewed yet */
export async function findPreview(table: Table, id: SynchronizationId): Promise<PreviewItem | undefined> {
  const item = await table.get(keys.preview(id));
  return item && PreviewItem.parse(item);
}

/** The preview that answers the request with the number. @returns undefined when it has not ended, or is remembered no more */
export const endedPreview = (item: PreviewItem, number: number): EndedPreview | undefined =>
  endedOf(item).find((one) => one.from <= number && number <= one.number);

const endedOf = ({ done, ended, failure }: PreviewItem): readonly EndedPreview[] =>
  ended ?? (done === 0 ? [] : [{ from: 1, number: done, at: 0, failure }]);

/**
 * What the work item has once the preview of the lease has ended.
 *
 * @param now milliseconds since the epoch
 */
export function withEnded(lease: Lease, failure: PreviewFailure | undefined, now: number): Item {
  const before = PreviewItem.parse(lease.item);
  const isKept = ({ at }: EndedPreview): boolean => at === 0 || at > now - keptSeconds * 1000;
  const latest = { from: before.done + 1, number: lease.wanted, at: now, failure };
  const ended = [...endedOf(before).filter(isKept), latest].slice(-endedMax);
  return { ended, failure: undefined, progress: undefined, attempts: undefined };
}

/** @throws ConflictError when the lease was lost */
export async function notePreviewProgress(
  table: Table,
  lease: Lease,
  progress: PreviewItem['progress'],
): Promise<void> {
  await table.update({ key: lease.workItem.key, set: { progress } }, equal('leaseId', lease.leaseId));
}

/**
 * Counts that a worker begins, so that one that dies has counted too. The end of the preview forgets the number.
 *
 * @returns how many have begun since a preview ended, this one included
 * @throws ConflictError when the lease was lost
 */
export async function countPreviewAttempt(table: Table, lease: Lease): Promise<number> {
  const item = await table.update(
    { key: lease.workItem.key, add: { attempts: 1 } },
    equal('leaseId', lease.leaseId),
  );
  return z.number().parse(item.attempts);
}

/** @param now milliseconds since the epoch */
export const keepPreviewResult = (
  table: Table,
  id: SynchronizationId,
  number: number,
  result: PreviewResult,
  now: number,
): Promise<void> =>
  putChunks(table, id, chunkNames.preview(number), result, Math.floor(now / 1000) + keptSeconds);

/** One read, mostly. @returns undefined when it is kept no more */
export async function previewResult(
  table: Table,
  id: SynchronizationId,
  number: number,
): Promise<PreviewResult | undefined> {
  const found = await loadChunks(table, id, chunkNames.preview(number));
  return found === undefined ? undefined : PreviewResult.parse(found);
}
