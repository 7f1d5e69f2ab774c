/** Keeps the manifests of a repository's refs between scans, where each takes a request. */
import { z } from 'zod';
import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import type { KnownManifest } from '../forge/forge.ts';
import { loadChunks, putChunks } from '../store/chunk-store.ts';
import { chunkNames } from '../store/keys.ts';
import { StoredText } from '../store/manifest-text.ts';
import type { Table } from '../store/table.ts';

const StoredManifests = z.object({
  /** Milliseconds since the epoch. */
  storedAt: z.number(),
  /** Each different one once: most commits have the same manifest as the one before. */
  texts: z.array(StoredText),
  /** The place of each commit's manifest. */
  commits: z.record(z.string(), z.int().nonnegative()),
  /** Of commits whose dates the list of refs does not have. */
  dates: z.record(z.string(), z.string()).optional(),
});

type Manifests = ReadonlyMap<string, KnownManifest>;

const dayMs = 24 * 3600_000;
/** How long they are kept; a scan renews them when half of it is over. */
const keptDays = 60;

export interface KnownManifests {
  readonly manifests: Manifests;
  /** Milliseconds since the epoch; 0 if there are none. */
  readonly storedAt: number;
}

/** What earlier scans read. A query, of one item for most repositories. */
export async function loadManifests(
  table: Table,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
): Promise<KnownManifests> {
  const stored = await loadChunks(table, synchronization, chunkNames.manifests(repository));
  const { storedAt, texts, commits, dates } = StoredManifests.safeParse(stored).data ?? {
    ...{ storedAt: 0, texts: [], commits: {}, dates: undefined },
  };
  const manifests = Object.entries(commits).flatMap(([commit, place]) => {
    const text = texts[place];
    const date = dates?.[commit];
    return text === undefined
      ? []
      : [[commit, { manifest: undefined, ...text, ...(date !== undefined && { date }) }] as const];
  });
  return { storedAt, manifests: new Map(manifests) };
}

/** Keeps those of the refs there are now. Writes nothing if they are the same. @param now milliseconds since the epoch */
export async function keepManifests(
  table: Table,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
  before: KnownManifests,
  found: Manifests,
  now: number,
): Promise<void> {
  const isSame =
    before.manifests.size === found.size && [...found.keys()].every((commit) => before.manifests.has(commit));
  if (isSame && (found.size === 0 || now < before.storedAt + (keptDays / 2) * dayMs)) {
    return;
  }
  const places = new Map<string, number>();
  const commits = Object.fromEntries(
    [...found].map(([commit, { date: _, ...text }]) => {
      const key = JSON.stringify(text);
      const place = places.get(key) ?? places.size;
      places.set(key, place);
      return [commit, place];
    }),
  );
  const texts = [...places.keys()].map((key): unknown => JSON.parse(key));
  const expiresAt = Math.ceil((now + keptDays * dayMs) / 1000);
  const dated = [...found].flatMap(([commit, { date }]) =>
    date === undefined ? [] : [[commit, date] as const],
  );
  const dates = dated.length === 0 ? undefined : Object.fromEntries(dated);
  const value = { storedAt: now, texts, commits, ...(dates !== undefined && { dates }) };
  await putChunks(table, synchronization, chunkNames.manifests(repository), value, expiresAt);
}
