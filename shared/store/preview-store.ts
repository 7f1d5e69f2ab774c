/** The previews of a synchronization: one work item, which counts them, and the result of each. */
import { z } from 'zod';
import { callerErrorCodes } from '../domain/caller-error.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import { loadChunks, putChunks } from './chunk-store.ts';
import { equal } from './condition.ts';
import { chunkNames, keys } from './keys.ts';
import type { Table } from './table.ts';
import type { Lease } from './work.ts';

const PreviewItem = z.object({
  wanted: z.number(),
  done: z.number().default(0),
  /** Of the latest request; milliseconds since the epoch. */
  askedAt: z.number(),
  leaseId: z.string().optional(),
  leaseUntil: z.number().default(0),
  /** How many lists of the forge the worker has read, and of how many. */
  progress: z.object({ read: z.number(), of: z.number() }).optional(),
  /** Why the latest one that ended shows nothing. */
  failure: z.object({ code: z.enum(callerErrorCodes), message: z.string() }).optional(),
});
export type PreviewItem = z.infer<typeof PreviewItem>;

const lines = z.array(z.string());
const PreviewResult = z.object({
  requests: z.number().optional(),
  scopes: z.array(
    z.object({
      scope: z.string(),
      outcome: z.string(),
      message: z.string().optional(),
      counts: z.object({ add: z.number(), update: z.number(), remove: z.number() }).optional(),
      changes: lines,
      held: lines,
      deferred: lines,
    }),
  ),
});
export type PreviewResult = z.infer<typeof PreviewResult>;

/** How long a result can be read, in seconds: it says what a run would have changed then. */
const keptSeconds = 24 * 3600;

/** One read. @returns undefined where nothing was previewed yet */
export async function findPreview(table: Table, id: SynchronizationId): Promise<PreviewItem | undefined> {
  const item = await table.get(keys.preview(id));
  return item && PreviewItem.parse(item);
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
