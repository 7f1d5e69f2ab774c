/** Keeps between scans what was read of a repository's folders, so that a push costs what it changed. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { ManifestText } from '../../composer/scanned-repository.ts';
import type { ForgeRepositoryId, SynchronizationId } from '../../domain/ids.ts';
import { loadChunks, putChunks } from '../../store/chunk-store.ts';
import { chunkNames } from '../../store/keys.ts';
import { StoredText } from '../../store/manifest-text.ts';
import type { Table } from '../../store/table.ts';
import type { FolderManifests, FoundFolder } from './folder-manifests.ts';

/** Numbers are places in the other lists: a folder that many commits have is stored once. */
const StoredFolders = z.object({
  /** Milliseconds since the epoch. */
  storedAt: z.number(),
  globs: z.array(z.string()),
  texts: z.array(z.tuple([z.string(), StoredText])),
  folders: z.array(z.tuple([z.string(), z.string().nullable(), z.int().nonnegative()])),
  commits: z.record(z.string(), z.array(z.int().nonnegative())),
});

export interface KeptFolders extends FolderManifests {
  /** Milliseconds since the epoch; 0 if there are none. */
  readonly storedAt: number;
}

const dayMs = 24 * 3600_000;
/** How long they are kept; a scan renews them when half of it is over. */
const keptDays = 60;

/** What earlier scans with these globs read. */
export async function loadFolders(
  table: Table,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
  globs: readonly string[],
): Promise<KeptFolders> {
  const stored = StoredFolders.safeParse(
    await loadChunks(table, synchronization, chunkNames.folders(repository)),
  ).data;
  if (stored === undefined) {
    return { storedAt: 0, ofCommit: new Map(), texts: new Map() };
  }
  const texts = stored.texts.map(([key, text]) => [key, { manifest: undefined, ...text }] as const);
  const folders = stored.folders.map(
    ([directory, tree, place]): FoundFolder => ({
      directory,
      tree: tree ?? undefined,
      manifest: texts[place]?.[0] ?? '',
    }),
  );
  // Other globs find other folders, in which the same texts may be.
  const commits = isDeepStrictEqual(stored.globs, globs) ? Object.entries(stored.commits) : [];
  const ofCommit = commits.map(
    ([commit, places]) =>
      [commit, places.flatMap((place) => (folders[place] ? [folders[place]] : []))] as const,
  );
  return { storedAt: stored.storedAt, ofCommit: new Map(ofCommit), texts: new Map(texts) };
}

/** Keeps those of the refs there are now. Writes nothing if they are the same. @param now milliseconds since the epoch */
export async function keepFolders(
  table: Table,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
  {
    globs,
    before,
    found,
    now,
  }: {
    readonly globs: readonly string[];
    readonly before: KeptFolders;
    readonly found: FolderManifests;
    readonly now: number;
  },
): Promise<void> {
  const isSame =
    before.ofCommit.size === found.ofCommit.size &&
    [...found.ofCommit.keys()].every((commit) => before.ofCommit.has(commit));
  if (isSame && now < before.storedAt + (keptDays / 2) * dayMs) {
    return;
  }
  const texts: [string, ManifestText][] = [...found.texts];
  const placeOfText = new Map(texts.map(([key], place) => [key, place]));
  const folders: [string, string | null, number][] = [];
  const places = new Map<string, number>();
  const placeOf = ({ directory, tree, manifest }: FoundFolder): number => {
    const key = JSON.stringify([directory, tree, manifest]);
    const place =
      places.get(key) ?? folders.push([directory, tree ?? null, placeOfText.get(manifest) ?? 0]) - 1;
    places.set(key, place);
    return place;
  };
  const commits = Object.fromEntries([...found.ofCommit].map(([commit, all]) => [commit, all.map(placeOf)]));
  const expiresAt = Math.ceil((now + keptDays * dayMs) / 1000);
  const value = { storedAt: now, globs, texts, folders, commits };
  await putChunks(table, synchronization, chunkNames.folders(repository), value, expiresAt);
}
