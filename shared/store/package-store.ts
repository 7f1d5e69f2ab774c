/** Packages, their versions and recorded commits. */
import { z } from 'zod';
import { packageValue, refusedCommitsMax } from '../domain/edge-keys.ts';
import { asId, type ForgeRepositoryId, type OrganizationId, type SynchronizationId } from '../domain/ids.ts';
import { type Condition, equal, missing } from './condition.ts';
import { keys, nameInKey, ranges } from './keys.ts';
import type { Item, Table } from './table.ts';

/**
 * What the metadata files of this release look like. A scan has those of an older one written again, so raise it with every change of what
 * is published for unchanged versions. 2: branches have `%reference%` in their address and no checksum.
 */
export const metadataLayout = 2;

const RepositoryLinksAttribute = z.object({
  source: z.object({ type: z.enum(['git', 'hg', 'svn']), url: z.string() }),
  tree: z.string(),
  issues: z.string().optional(),
});

const PackageItem = z.object({
  number: z.int().positive(),
  name: z.string(),
  synchronization: z.string().transform((text) => asId<SynchronizationId>(text)),
  repository: z.string().transform((text) => asId<ForgeRepositoryId>(text)),
  directory: z.string(),
  /**
   * `accepted`: has a number, its files are not there yet. `available`: they are. `unreadable`: rights withdrawn, records kept. `superseded`: its
   * name stands for another package now, records kept as of one that is unreadable. `copying`: is to take the place of its predecessor.
   * `deleted`: the number is kept for ever, nothing else.
   */
  state: z.enum(['accepted', 'available', 'unreadable', 'superseded', 'copying', 'deleted']),
  /** Since when it is unreadable or superseded; milliseconds since the epoch. */
  unreadableAt: z.number().optional(),
  versionCount: z.number().default(0),
  /** Layout of its files as they were last written. */
  metadataLayout: z.number().default(1),
  /** Repository archived on the forge. */
  archived: z.boolean().default(false),
  /** Where its repository is found, as the last scan was told; missing until the first one after they were kept. */
  links: RepositoryLinksAttribute.optional(),
  /** Name of the package that the same source became. */
  replacement: z.string().optional(),
  /** Of the published versions, those whose code is not kept by us. */
  outsideCode: z
    .object({ published: z.number(), forbidden: z.number(), hosts: z.array(z.string()) })
    .optional(),
  /** The first scan wrote all of its versions; tags found later are new ones. */
  imported: z.boolean().default(false),
  /** `Last-Modified` of files that were at the same addresses before and are removed; milliseconds since the epoch. */
  filesModifiedAt: z.number().optional(),
  /** How it got its name from another package; that one's number, when, and from whom in words for an owner. */
  passedFrom: z.object({ number: z.int(), at: z.number(), reason: z.string() }).optional(),
  /**
   * First 12 hex digits of commits whose archives the edge refuses for this number, between commas: text, so that a condition can name it.
   * `packageEdgeValue` puts them into the edge's value.
   */
  refused: z.string().default(''),
  /** It is being copied to this number, because the edge refuses as many commits of this one as it can; or has been. */
  successor: z.number().optional(),
  /** It was, or is being, copied from this number. */
  predecessor: z.number().optional(),
  /** Of one that is being copied: what was wanted of its predecessor when its records were copied last. */
  copiedWanted: z.number().optional(),
  /** Of a deleted one: since when, in milliseconds since the epoch, and whether its archives and records are removed. */
  deletedAt: z.number().optional(),
  isRemoved: z.boolean().default(false),
});

/** A package, which the edge knows when the row of its name there says its number. */
export type StoredPackage = z.infer<typeof PackageItem>;

/** Whether clients may get it, now or soon. */
export const isLiving = ({ state }: Pick<StoredPackage, 'state'>): boolean =>
  state === 'accepted' || state === 'available';

/** Whether its source still has it: it is not deleted, and its name stands for it. */
export const isOfSource = ({ state }: Pick<StoredPackage, 'state'>): boolean =>
  isLiving({ state }) || state === 'unreadable';

export const parsePackage = (item: Item): StoredPackage => PackageItem.parse(item);

/** The beginnings of the commits that the edge refuses for the package's number. */
export const refusedPrefixes = ({ refused }: Pick<StoredPackage, 'refused'>): readonly string[] =>
  refused === '' ? [] : refused.split(',');

/** The package refuses what it did when it was read. */
export const refusesTheSame = ({ refused }: Pick<StoredPackage, 'refused'>): Condition =>
  refused === '' ? missing('refused') : equal('refused', refused);

/**
 * What is to stand at the edge for the package's name while it is available; undefined while the edge cannot take all that is refused, since
 * it must serve none of that.
 */
export function packageEdgeValue(found: Pick<StoredPackage, 'number' | 'refused'>): string | undefined {
  const refused = refusedPrefixes(found);
  return refused.length > refusedCommitsMax ? undefined : packageValue(found.number, refused);
}

/** The package that the name stands for, a deleted one too. */
export async function findPackageByName(
  table: Table,
  organization: OrganizationId,
  name: string,
): Promise<StoredPackage | undefined> {
  const item = await table.get(keys.packageName(organization, name));
  return item === undefined ? undefined : findPackage(table, organization, Number(item.number));
}

/** Every package of the organization, in the order of their numbers. */
export async function packagesOf(
  table: Table,
  organization: OrganizationId,
): Promise<readonly StoredPackage[]> {
  const { pk, sk } = ranges.packages(organization);
  const items = await table.query(pk, sk);
  return items.map(parsePackage);
}

export async function findPackage(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
): Promise<StoredPackage | undefined> {
  const item = await table.get(keys.package(organization, packageNumber));
  return item === undefined ? undefined : parsePackage(item);
}

/** One version as stored; its manifest is the cleaned composer.json. */
const VersionItem = z.object({
  version: z.string(),
  versionNormalized: z.string(),
  isDev: z.boolean(),
  refKind: z.enum(['tag', 'branch']),
  refName: z.string(),
  commit: z.string(),
  /** ISO 8601 */
  time: z.string(),
  isDefaultBranch: z.boolean(),
  /** JSON text, since the table has no order of keys. */
  manifest: z.string(),
  /**
   * `published`: in the metadata. `pending`: a new tag whose archive is not stored yet; `held` in items of earlier versions. `withdrawn`: its tag is gone; the record and the
   * dist stay, and the version comes back with the same commit.
   */
  state: z
    .enum(['published', 'pending', 'withdrawn', 'held'])
    .transform((state) => (state === 'held' ? ('pending' as const) : state)),
  /** The ref whose name links to its files show, where it is another one than its own. */
  linkedRef: z.string().optional(),
  /** Why it is pending, in words for an owner. */
  reason: z.string().optional(),
  /** The tag was seen at another commit: the first one stays, and somebody has to look. */
  movedTo: z.string().optional(),
  /**
   * SHA-1 of the archive in hex, as it was when the version was first published; empty: it was published without one. It never changes, since
   * every change shows in lock files. Branches have none. Missing in published tags from before it was kept here: see `publishedShasum`.
   */
  shasum: z.string().optional(),
});

export type StoredVersion = z.infer<typeof VersionItem>;

export async function versionsOfPackage(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
): Promise<readonly StoredVersion[]> {
  const { pk, sk } = keys.version(organization, packageNumber, '');
  const items = await table.query(pk, sk);
  return items.map((item) => VersionItem.parse(item));
}

/** A tag's version that was published when checksums were kept with the commit alone. */
export const hasCommitShasum = ({ refKind, shasum }: StoredVersion): boolean =>
  refKind === 'tag' && shasum === undefined;

/**
 * The checksum that the metadata gives for a version; undefined for none.
 *
 * @param dist the version's recorded commit, for a version that `hasCommitShasum`
 */
export function publishedShasum(version: StoredVersion, dist: StoredDist | undefined): string | undefined {
  if (version.refKind === 'branch') {
    return undefined;
  }
  const shasum = version.shasum ?? dist?.commitShasum;
  return shasum === '' ? undefined : shasum;
}

/** A commit whose archive may be built for the package; its archive, once stored. */
const DistItem = z.object({
  sk: z.string(),
  /** SHA-1 of the archive in hex. */
  sha1: z.string().optional(),
  /** The same, of an archive that was stored when all versions of a commit were published with its checksum. */
  shasum: z.string().optional(),
  /** Bytes */
  size: z.number().optional(),
  storedAt: z.number().optional(),
  leaseUntil: z.number().optional(),
});

export interface StoredDist {
  readonly commit: string;
  /** SHA-1 of the archive in hex; undefined while it is not stored. */
  readonly shasum: string | undefined;
  /** What versions from before checksums were kept with them are published with. */
  readonly commitShasum: string | undefined;
  readonly size: number | undefined;
  /** Somebody builds it until then; milliseconds since the epoch. */
  readonly leaseUntil: number | undefined;
}

export function parseDist(item: Item): StoredDist {
  const dist = DistItem.parse(item);
  return {
    commit: nameInKey(dist.sk),
    shasum: dist.sha1 ?? dist.shasum,
    commitShasum: dist.shasum,
    size: dist.size,
    leaseUntil: dist.leaseUntil,
  };
}

export async function distsOfPackage(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
): Promise<readonly StoredDist[]> {
  const { pk, sk } = keys.dist(organization, packageNumber, '');
  const items = await table.query(pk, sk);
  return items.map(parseDist);
}

export async function findDist(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
  commit: string,
): Promise<StoredDist | undefined> {
  const item = await table.get(keys.dist(organization, packageNumber, commit));
  return item === undefined ? undefined : parseDist(item);
}

/** Recorded commits whose hash begins so: one, none, or two of several. */
export async function recordedCommits(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
  prefix: string,
): Promise<readonly string[]> {
  const { pk, sk } = keys.dist(organization, packageNumber, prefix);
  const items = await table.query(pk, sk, { limit: 2 });
  return items.map((item) => parseDist(item).commit);
}
