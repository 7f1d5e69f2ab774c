/** What scans of a repository changed, and why; failures too. Kept for 90 days. */
import { z } from 'zod';
import type { RepositoryOf } from '../domain/repository-key.ts';
import { keys, nameInKey, tableKeys } from './keys.ts';
import type { Operation, Table } from './table.ts';

const keptMs = 90 * 24 * 3600_000;

/** An entry is far below an item's 400 KB; of an import not every version is named. */
const changesMax = 50;

const EntryItem = z.object({
  sk: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** What asked for the scan, where that is known. */
  cause: z.string().optional(),
  changes: z
    .array(z.object({ kind: z.enum(['write', 'remove']), version: z.string(), reason: z.string() }))
    .default([]),
  /** How many there were. */
  changeCount: z.number().default(0),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
});

export type ScanLogEntry = Omit<z.infer<typeof EntryItem>, 'sk'>;

/** Adds an entry. One of the same scan that was carried out twice is another one. */
export function addScanLogEntry(
  { synchronization, repository }: RepositoryOf,
  { at, changes, ...entry }: Omit<ScanLogEntry, 'changeCount'>,
): Operation {
  return {
    put: keys.scanLog(synchronization, repository, new Date(at).toISOString()),
    item: {
      at,
      ...entry,
      changes: changes.slice(0, changesMax),
      changeCount: changes.length,
      [tableKeys.expiry]: Math.ceil((at + keptMs) / 1000),
    },
  };
}

/** A page of entries, the latest first. One read. @param after `place` of the last entry of the page before */
export async function scanLogPage(
  table: Table,
  { synchronization, repository }: RepositoryOf,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly (ScanLogEntry & { readonly place: string })[]> {
  const { pk, sk } = keys.scanLog(synchronization, repository, '');
  const start = after === undefined ? undefined : keys.scanLog(synchronization, repository, after).sk;
  const items = await table.query(pk, sk, { limit, after: start, descending: true });
  return items.map((item) => {
    const { sk: key, ...entry } = EntryItem.parse(item);
    return { ...entry, place: nameInKey(nameInKey(key)) };
  });
}
