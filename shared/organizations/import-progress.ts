/** How far the first import of a synchronization is. */
import type { ForgeRepositoryId } from '../domain/ids.ts';
import type { ScopeName } from '../domain/scopes.ts';
import { isImporting, isNewRepository, type Synchronization } from '../domain/synchronization.ts';
import { findModule } from '../forge/modules.ts';
import { parseStored, prefixOf, queryFacts } from '../store/fact-store.ts';
import { type ScanState, scansOf } from '../store/scan-store.ts';
import type { Table } from '../store/table.ts';

/** What was read of the code host, and scanned of its repositories. */
export interface ImportProgress {
  /** How many repositories the first read found; undefined until their list was read to its end. */
  readonly repositories: number | undefined;
  /** How many of them were scanned. */
  readonly scanned: number;
  /** What is read of older versions after each repository's newest, where the code host gives only so many files an hour. */
  readonly older?: OlderVersions | undefined;
}

export interface OlderVersions {
  /** How many manifests are to be read yet, of the repositories whose refs are known. */
  readonly unread: number;
  /** When that is likely over; milliseconds since the epoch. */
  readonly until: number;
}

/**
 * The progress of an import that goes on. It is over for owners as soon as everything was read and every repository of the first list
 * scanned; `isImporting`, by which names go, learns of it from the schedule some minutes later.
 *
 * No read for one that has ended, two queries otherwise.
 *
 * @param now milliseconds since the epoch
 * @returns undefined for an import that is over
 */
export async function importProgressOf(
  table: Table,
  synchronization: Synchronization,
  now: number,
): Promise<ImportProgress | undefined> {
  if (!isImporting(synchronization, now)) {
    return undefined;
  }
  const { id, importObservedAt } = synchronization;
  const [items, scans] = await Promise.all([
    queryFacts(table, id, prefixOf('repository')),
    scansOf(table, id),
  ]);
  const scanned = new Set(
    scans.filter(({ lastScannedAt }) => lastScannedAt !== undefined).map(({ repository }) => repository),
  );
  const first: readonly ForgeRepositoryId[] = items
    .map((item) => parseStored(item))
    .filter((one) => !one.removed)
    .flatMap(({ fact, firstObservedAt }) =>
      fact.kind === 'repository' && !isNewRepository(synchronization, firstObservedAt)
        ? [fact.repository]
        : [],
    );
  const progress = {
    repositories: importObservedAt === undefined ? undefined : first.length,
    scanned: first.filter((repository) => scanned.has(repository)).length,
  };
  const older = olderVersions(synchronization, scans, now);
  const isOver = progress.scanned === progress.repositories && unreadScopes(synchronization).length === 0;
  return isOver ? undefined : { ...progress, ...(older && { older }) };
}

const hourMs = 3600_000;

/** What is read of older versions, in an import and later. Each hour's files are read as soon as the hour begins, so the last hour does not count. */
export function olderVersions(
  { forge }: Pick<Synchronization, 'forge'>,
  scans: readonly Pick<ScanState, 'unread' | 'goOnAt'>[],
  now: number,
): OlderVersions | undefined {
  const perHour = findModule(forge)?.traits.manifestsPerHour;
  const unread = scans.reduce((sum, scan) => sum + scan.unread, 0);
  if (perHour === undefined || unread === 0) {
    return undefined;
  }
  const begins = Math.min(
    ...scans.flatMap(({ unread: count, goOnAt }) => (count > 0 ? (goOnAt ?? now) : [])),
  );
  const hours = Math.ceil(unread / perHour) - 1;
  return { unread, until: Math.max(now, begins) + hours * hourMs };
}

/** The scopes that every organization on the code host has, and that were never read whole. */
const unreadScopes = ({ forge, lastSuccessAt }: Synchronization): readonly ScopeName[] =>
  (findModule(forge)?.traits.scopes ?? [])
    .filter(({ name, mayBeMissing = false }) => !mayBeMissing && lastSuccessAt[name] === undefined)
    .map(({ name }) => name);
