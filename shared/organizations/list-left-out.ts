/** Lists the refs of a repository that give no version, and why. */
import { z } from 'zod';
import { CallerError } from '../domain/caller-error.ts';
import type { RepositoryOf } from '../domain/repository-key.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { loadChunks } from '../store/chunk-store.ts';
import { loadFacts } from '../store/fact-store.ts';
import { chunkNames, keys } from '../store/keys.ts';
import { parseScan, SkippedLine } from '../store/scan-store.ts';
import type { Table } from '../store/table.ts';

/** An answer has at most 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const linesInAnswer = 1000;

/**
 * Lists as many refs as fit into one response.
 *
 * @param name of the repository, with or without its owner, or its id
 * @param from how many lines to skip, for further pages
 * @throws CallerError when there is no such repository, or no scan of it
 */
export async function listLeftOut(table: Table, { id }: Synchronization, name: string, from: number) {
  const repositories = await loadFacts(table, id, 'repository');
  const found = repositories.find((one) =>
    [one.fullName, one.name, one.repository].some((text) => text === name),
  );
  if (found === undefined) {
    throw new CallerError('not-found', `unknown repository ${name}; status lists them`);
  }
  const all = await leftOutOf(table, { synchronization: id, repository: found.repository });
  if (all === undefined) {
    throw new CallerError('too-early', `${found.fullName} has not been scanned yet`);
  }
  return {
    repository: found.fullName,
    scanned: new Date(all.scannedAt).toISOString(),
    count: all.count,
    leftOut: all.lines.slice(from, from + linesInAnswer),
  };
}

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
