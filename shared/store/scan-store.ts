/** The results of the last scan of each repository, and owners' choices on repositories. */
import { z } from 'zod';
import { asId, type ForgeRepositoryId, type SynchronizationId } from '../domain/ids.ts';
import { waitingReasons } from '../domain/package.ts';
import type { RepositoryOf } from '../domain/repository-key.ts';
import { absent, all, any, equal, missing, present } from './condition.ts';
import { keys, nameInKey } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

export const SkippedLine = z.object({ ref: z.string(), reason: z.string() });

/** Attributes of a scan's item, besides those of its work; a scan sets them when it completes. */
const ScanItem = z
  .object({
    sk: z.string(),
    wanted: z.number().default(0),
    done: z.number().default(0),
    /** Milliseconds since the epoch. */
    lastScannedAt: z.number().optional(),
    /** Names that it found and that are not packages yet. */
    waiting: z
      .array(z.object({ name: z.string(), directory: z.string(), reason: z.enum(waitingReasons) }))
      .default([]),
    /** The first refs that give no version, with reasons for owners to read. */
    skipped: z.array(SkippedLine).default([]),
    /** How many there are; if missing, all of them are stored here. */
    skippedCount: z.number().optional(),
    /** What an owner should look at: tags that moved, versions that are pending. */
    notices: z.array(z.object({ version: z.string(), notice: z.string() })).default([]),
    /** Versions whose tags moved, the first of them; missing in what an earlier version stored. */
    movedTags: z.array(z.object({ version: z.string(), tag: z.string() })).default([]),
    /** Whether something is retried at the next reconcile, such as a tag whose archive the forge did not deliver. */
    unfinished: z.boolean().default(false),
    /** When its tags and branches last changed, as far as scans saw; milliseconds since the epoch. */
    changedAt: z.number().optional(),
    /** How many manifests are to be read yet, and when that goes on by itself; milliseconds since the epoch. */
    unread: z.number().default(0),
    goOnAt: z.number().optional(),
    /** Folders below the root with manifests, and globs for them: as of a commit of the default branch, and when that was; milliseconds since the epoch. */
    proposed: z
      .object({ globs: z.array(z.string()), count: z.number(), commit: z.string(), lookedAt: z.number() })
      .optional(),
    lastFailure: z.object({ at: z.number(), code: z.string(), message: z.string() }).optional(),
    /** How often it failed and is tried again by itself. */
    failures: z.number().default(0),
  })
  .transform(({ sk, ...rest }) => ({
    ...rest,
    repository: asId<ForgeRepositoryId>(nameInKey(sk)),
  }));
export type ScanState = z.infer<typeof ScanItem>;

export const parseScan = (item: Item): ScanState => ScanItem.parse(item);

/** All scans of the synchronization. */
export async function scansOf(
  table: Table,
  synchronization: SynchronizationId,
): Promise<readonly ScanState[]> {
  const { pk, sk } = keys.scan(synchronization, '');
  const items = await table.query(pk, sk);
  return items.map(parseScan);
}

/** The scans of these repositories, in their order; undefined where there was none. One read for each 100. */
export async function findScans(
  table: Table,
  repositories: readonly RepositoryOf[],
): Promise<readonly (ScanState | undefined)[]> {
  const items = await table.getMany(
    repositories.map(({ synchronization, repository }) => keys.scan(synchronization, repository)),
  );
  return items.map((item) => item && parseScan(item));
}

/** When the repository was last scanned completely; milliseconds since the epoch, undefined for never. */
export async function lastScannedAt(
  table: Table,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
): Promise<number | undefined> {
  const item = await table.get(keys.scan(synchronization, repository));
  return item === undefined ? undefined : parseScan(item).lastScannedAt;
}

const ChoiceItem = z.object({ chosen: z.boolean() });

/** The owner's choice on this repository; undefined if there is none. */
export async function findChoice(
  table: Table,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
): Promise<boolean | undefined> {
  const item = await table.get(keys.choice(synchronization, repository));
  return item === undefined ? undefined : ChoiceItem.parse(item).chosen;
}

const FoldersItem = z.object({ globs: z.array(z.string()) });

/** The globs of the repository's folders that have packages; none where nobody set them. */
export async function findFolderGlobs(
  table: Table,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
): Promise<readonly string[]> {
  const item = await table.get(keys.folders(synchronization, repository));
  return item === undefined ? [] : FoldersItem.parse(item).globs;
}

/** @param globs as `parseFolderGlobs` returns them @param before those that are set; others are a conflict */
export function setFolderGlobs(
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
  globs: readonly string[],
  before?: readonly string[],
): Operation {
  const key = keys.folders(synchronization, repository);
  // What was stored without its text is older than conditions.
  const isSame =
    before?.length === 0 ? absent : all(present, any(missing('text'), equal('text', textOf(before ?? []))));
  const when = before === undefined ? {} : { when: isSame };
  return globs.length === 0
    ? { delete: key, ...when }
    : { put: key, item: { repository, globs, text: textOf(globs) }, ...when };
}

/** A condition compares no lists. */
const textOf = (globs: readonly string[]): string => globs.join('\n');

export function setChoice(
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
  chosen: boolean,
): Operation {
  return { put: keys.choice(synchronization, repository), item: { repository, chosen } };
}
