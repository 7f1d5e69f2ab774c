/** Lists the refs of a repository that give no version, and why. */
import { z } from 'zod';
import type { RepositoryOf } from '../domain/repository-key.ts';
import { loadChunks } from '../store/chunk-store.ts';
import { chunkNames, keys } from '../store/keys.ts';
import { parseScan, SkippedLine } from '../store/scan-store.ts';
import type { Table } from '../store/table.ts';

/** What the last scan left out. */
export interface LeftOut {
  /** Milliseconds since the epoch. */
  readonly scannedAt: number;
  /** How many refs there are; the lines may be fewer for a moment. */
  readonly count: number;
  readonly lines: readonly z.infer<typeof SkippedLine>[];
}

/** Two reads at the most. @returns undefined where the repository was not scanned yet */
export async function leftOutOf(
  table: Table,
  { synchronization, repository }: RepositoryOf,
): Promise<LeftOut | undefined> {
  const item = await table.get(keys.scan(synchronization, repository));
  const scan = item && parseScan(item);
  if (scan?.lastScannedAt === undefined) {
    return undefined;
  }
  const { skipped, skippedCount = skipped.length } = scan;
  const lines =
    skippedCount > skipped.length
      ? z
          .array(SkippedLine)
          .parse((await loadChunks(table, synchronization, chunkNames.leftOut(repository))) ?? skipped)
      : skipped;
  return { scannedAt: scan.lastScannedAt, count: skippedCount, lines };
}
