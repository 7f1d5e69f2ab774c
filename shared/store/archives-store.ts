/** How far the archives of a synchronization's packages are stored before anybody asks for them: attributes of its work item and of packages. */
import { z } from 'zod';
import type { OrganizationId, SynchronizationId } from '../domain/ids.ts';
import { any, equal } from './condition.ts';
import { keys, ranges } from './keys.ts';
import { parsePackage, type StoredPackage } from './package-store.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';

const ArchivesItem = z.object({
  wanted: z.number().default(0),
  done: z.number().default(0),
  /** How many passes over all packages are behind; missing while none is under way. */
  pass: z.int().optional(),
  /** The number of the last package that this pass is done with. */
  after: z.int().default(0),
  /** Whether this pass left archives to the next one, and whether it stored any. */
  isLeft: z.boolean().default(false),
  hasStored: z.boolean().default(false),
  /** When the first pass began, when the last one ended, and when a scan last imported a package; milliseconds since the epoch. */
  startedAt: z.number().optional(),
  finishedAt: z.number().optional(),
  importedAt: z.number().optional(),
});
export type ArchivesState = Readonly<z.infer<typeof ArchivesItem>>;

export const parseArchives = (item: Item): ArchivesState => ArchivesItem.parse(item);

/** Undefined where nothing was imported and nothing requested. One read. */
export async function findArchives(table: Table, id: SynchronizationId): Promise<ArchivesState | undefined> {
  const item = await table.get(keys.archives(id));
  return item === undefined ? undefined : parseArchives(item);
}

/** Notes that a package was imported, whose archives nobody stored. @param now milliseconds since the epoch */
export const noteImported = (id: SynchronizationId, now: number): Operation => ({
  update: { key: keys.archives(id), set: { importedAt: now } },
});

/** A page of the organization's packages, by number. One read. @param after the last number of the page before */
export async function packagesAfter(
  table: Table,
  organization: OrganizationId,
  after: number,
  limit: number,
): Promise<readonly StoredPackage[]> {
  const { pk, sk } = ranges.packages(organization);
  const items = await table.query(pk, sk, { limit, after: keys.package(organization, after).sk });
  return items.map(parsePackage);
}

/** Notes how many archives of the package are stored, while it lives. */
export async function noteArchives(
  table: Table,
  organization: OrganizationId,
  { number, archives: before }: StoredPackage,
  archives: NonNullable<StoredPackage['archives']>,
): Promise<void> {
  const isSame =
    before?.wanted === archives.wanted &&
    before.stored === archives.stored &&
    before.unavailable === archives.unavailable;
  if (!isSame) {
    const living = any(equal('state', 'accepted'), equal('state', 'available'));
    await unlessConflict(
      table.update({ key: keys.package(organization, number), set: { archives } }, living),
    );
  }
}

/** Notes that the archive of a recorded commit cannot be stored now. @param now milliseconds since the epoch */
export async function noteUnavailable(
  table: Table,
  organization: OrganizationId,
  { number }: StoredPackage,
  commit: string,
  now: number,
): Promise<void> {
  const key = keys.dist(organization, number, commit);
  await unlessConflict(table.update({ key, set: { unavailableAt: now } }, { is: 'present' }));
}

/** Nothing is to be noted of what is gone. */
async function unlessConflict(update: Promise<unknown>): Promise<void> {
  await update.catch((error: unknown) => {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  });
}
