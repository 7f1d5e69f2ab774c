/**
 * Stores refs that give no version: the first ones on the scan's item, which `status` reads, and all of them beside it if there are many.
 */

import { createHash } from 'node:crypto';
import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import { putChunks } from '../store/chunk-store.ts';
import { chunkNames } from '../store/keys.ts';
import type { Item, Table } from '../store/table.ts';
import type { LeftOutRef } from './owner-lines.ts';

/** What the scan's item has of them. Every reconcile reads all items, so they stay small. */
export interface LeftOutRecord {
  readonly skipped: readonly LeftOutRef[];
  readonly skippedCount: number;
  /** The digest of all lines, if they are stored beside the item, and when they were stored; milliseconds since the epoch. */
  readonly skippedDigest?: string | undefined;
  readonly skippedStoredAt?: number | undefined;
}

/** No refs left out; undefined attributes are removed from the item. */
export const nothingLeftOut: LeftOutRecord = {
  skipped: [],
  skippedCount: 0,
  skippedDigest: undefined,
  skippedStoredAt: undefined,
};

const linesOnItem = 20;
const bytesOnItem = 20_000;
const dayMs = 24 * 3600_000;
/** How long the lines are kept; the daily scan of every repository renews them. */
const keptDays = 8;

/** @param before the scan's item */
export async function recordLeftOut(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
  lines: readonly LeftOutRef[],
  before: Item,
): Promise<LeftOutRecord> {
  const skipped = firstOf(lines);
  if (skipped.length === lines.length) {
    return { ...nothingLeftOut, skipped, skippedCount: lines.length };
  }
  const skippedDigest = createHash('sha256').update(JSON.stringify(lines)).digest('base64url');
  const storedAt = Number(before.skippedStoredAt ?? 0);
  const isThere = before.skippedDigest === skippedDigest && storedAt > clock.now() - dayMs / 2;
  if (!isThere) {
    const expiresAt = Math.ceil((clock.now() + keptDays * dayMs) / 1000);
    await putChunks(table, synchronization, chunkNames.leftOut(repository), lines, expiresAt);
  }
  const skippedStoredAt = isThere ? storedAt : clock.now();
  return { skipped, skippedCount: lines.length, skippedDigest, skippedStoredAt };
}

function firstOf(lines: readonly LeftOutRef[]): LeftOutRef[] {
  const first: LeftOutRef[] = [];
  let bytes = 0;
  for (const line of lines.slice(0, linesOnItem)) {
    bytes += Buffer.byteLength(JSON.stringify(line));
    if (bytes > bytesOnItem) break;
    first.push(line);
  }
  return first;
}
