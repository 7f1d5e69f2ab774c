/** Packages, their versions and recorded commits. */
import { z } from 'zod';
import { distReference } from '../domain/dist-reference.ts';
import { packageValue, refusedCommitsMax } from '../domain/edge-keys.ts';
import { asId, type ForgeRepositoryId, type OrganizationId, type SynchronizationId } from '../domain/ids.ts';
import { type Condition, equal, missing } from './condition.ts';
import { keys, nameInKey, ranges } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

/**
 * The version of the metadata files' layout. A scan rewrites files of an older one, so raise it with every change of what is
 * published for unchanged versions. 2: branches have `%reference%` in their address and no checksum.
 */
export const metadataLayout = 2;

/** Why a package has its name: somebody who may do so gave it. */
export const givenReason = 'given';

const RepositoryLinksAttribute = z.object({
  source: z.object({ type: z.enum(['git', 'hg', 'svn']), url: z.string() }),
  tree: z.string().optional(),
  issues: z.string().optional(),
  homepage: z.string().optional(),
});

const PackageItem = z.object({
  number: z.int().positive(),
  name: z.string(),
  synchronization: z.string().transform((text) => asId<SynchronizationId>(text)),
  repository: z.string().transform((text) => asId<ForgeRepositoryId>(text)),
  directory: z.string(),
  /**
   * `accepted`: has a number, its files are not published yet. `available`: they are. `unreadable`: rights withdrawn, records
   * kept. `superseded`: its name belongs to another package now, records kept like those of an unreadable one. `copying`: will
   * replace its predecessor. `deleted`: only the number is kept, for ever.
   */
  state: z.enum(['accepted', 'available', 'unreadable', 'superseded', 'copying', 'deleted']),
  /** When it became unreadable or superseded; milliseconds since the epoch. */
  unreadableAt: z.number().optional(),
  versionCount: z.number().default(0),
  /** Layout of its files when they were last written. */
  metadataLayout: z.number().default(1),
  /** Repository archived on the forge. */
  archived: z.boolean().default(false),
  /** Links to its repository, from the last scan; missing until the first scan that stores them. */
  links: RepositoryLinksAttribute.optional(),
  /** Name of the package that the same source became. */
  replacement: z.string().optional(),
  /** The published versions whose code is not stored by us. */
  outsideCode: z
    .object({ published: z.number(), forbidden: z.number(), hosts: z.array(z.string()) })
    .optional(),
  /** What searches look at; missing until its files are published once more. */
  summary: z
    .object({
      description: z.string(),
      keywords: z.array(z.string()),
      type: z.string(),
      abandoned: z.union([z.boolean(), z.string()]),
    })
    .optional(),
  /** Whether the first scan wrote all of its versions; tags found later are new ones. */
  imported: z.boolean().default(false),
  /**
   * Archives of its stable versions, as of when they were last stored in the background; missing until then. `unavailable`: the code host did not
   * give them, or they are too large; tried again from time to time.
   */
  archives: z.object({ wanted: z.int(), stored: z.int(), unavailable: z.int() }).optional(),
  /** `Last-Modified` of removed files that were at the same addresses; milliseconds since the epoch. */
  filesModifiedAt: z.number().optional(),
  /** Set if its name came from another package: that one's number, when, and the reason for owners to read. */
  passedFrom: z
    .object({
      number: z.int(),
      at: z.number(),
      // Earlier versions put the owner's name and his own words behind it.
      reason: z.string().transform((text) => (text.startsWith(`${givenReason} (`) ? givenReason : text)),
    })
    .optional(),
  /**
   * First 12 hex digits of commits whose archives the edge refuses for this number, between commas: text, so that a condition can
   * compare it. `packageEdgeValue` puts them into the edge's value.
   */
  refused: z.string().default(''),
  /** The number that it is being, or was, copied to, because the edge cannot hold more refused commits of this one. */
  successor: z.number().optional(),
  /** The number that it is being, or was, copied from. */
  predecessor: z.number().optional(),
  /** While it is being copied: the `wanted` of its predecessor when its records were last copied. */
  copiedWanted: z.number().optional(),
  /** For a deleted one: when, in milliseconds since the epoch, and whether its archives and records are removed. */
  deletedAt: z.number().optional(),
  isRemoved: z.boolean().default(false),
});

/** A package. The edge serves it while the row of its name there has its number. */
export type StoredPackage = z.infer<typeof PackageItem>;

/** Whether clients may get it, now or soon. */
export const isLiving = ({ state }: Pick<StoredPackage, 'state'>): boolean =>
  state === 'accepted' || state === 'available';

/** Whether it is its source's current package: not deleted, and the holder of its name. */
export const isOfSource = ({ state }: Pick<StoredPackage, 'state'>): boolean =>
  isLiving({ state }) || state === 'unreadable';

export const parsePackage = (item: Item): StoredPackage => PackageItem.parse(item);

/** The first digits of the commits that the edge refuses for the package's number. */
export const refusedPrefixes = ({ refused }: Pick<StoredPackage, 'refused'>): readonly string[] =>
  refused === '' ? [] : refused.split(',');

/** Condition that the package's refused commits are as they were read. */
export const refusesTheSame = ({ refused }: Pick<StoredPackage, 'refused'>): Condition =>
  refused === '' ? missing('refused') : equal('refused', refused);

/**
 * The edge's value for the package's name while it is available. Undefined while the edge cannot hold all refused commits, since
 * it must serve none of them.
 */
export function packageEdgeValue(found: Pick<StoredPackage, 'number' | 'refused'>): string | undefined {
  const refused = refusedPrefixes(found);
  return refused.length > refusedCommitsMax ? undefined : packageValue(found.number, refused);
}

/** The package that the name belongs to, even if it is deleted. */
export async function findPackageByName(
  table: Table,
  organization: OrganizationId,
  name: string,
): Promise<StoredPackage | undefined> {
  const item = await table.get(keys.packageName(organization, name));
  return item === undefined ? undefined : findPackage(table, organization, Number(item.number));
}

/** Every package of the organization, ordered by number. */
export async function packagesOf(
  table: Table,
  organization: OrganizationId,
): Promise<readonly StoredPackage[]> {
  const { pk, sk } = ranges.packages(organization);
  const items = await table.query(pk, sk);
  return items.map(parsePackage);
}

interface InWork extends StoredPackage {
  /** Its files are to be written, and its versions to be counted, again. */
  readonly isPending: boolean;
}

/** Every package of the organization, ordered by number, and what is to be done for it. */
export async function packagesInWork(table: Table, organization: OrganizationId): Promise<readonly InWork[]> {
  const { pk, sk } = ranges.packages(organization);
  const items = await table.query(pk, sk);
  return items.map((item) => ({ ...parsePackage(item), isPending: item.wanted !== item.done }));
}

export async function findPackage(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
): Promise<StoredPackage | undefined> {
  const item = await table.get(keys.package(organization, packageNumber));
  return item === undefined ? undefined : parsePackage(item);
}

/** The packages with these numbers, in their order. One read for each 100. */
export async function findPackages(
  table: Table,
  organization: OrganizationId,
  numbers: readonly number[],
): Promise<readonly (StoredPackage | undefined)[]> {
  const items = await table.getMany(numbers.map((number) => keys.package(organization, number)));
  return items.map((item) => item && parsePackage(item));
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
  /** JSON text, since the table does not keep the order of keys. */
  manifest: z.string(),
  /**
   * `published`: in the metadata. `pending`: a new tag whose archive is not stored yet; `held` in items of earlier versions.
   * `withdrawn`: its tag is gone; the record and the dist stay, and the version comes back with the same commit.
   */
  state: z
    .enum(['published', 'pending', 'withdrawn', 'held'])
    .transform((state) => (state === 'held' ? ('pending' as const) : state)),
  /** The ref that links to its files use, if it is not its own. */
  linkedRef: z.string().optional(),
  /** Why it is pending, for owners to read. */
  reason: z.string().optional(),
  /** The commit that the tag moved to. The first one stays published, and an owner has to look. */
  movedTo: z.string().optional(),
  /** The commit that an owner accepted for a tag that moved: once its archive is stored, the version is made of it. */
  acceptedMove: z.string().optional(),
  /**
   * SHA-1 of the archive in hex, as it was when the version was first published; empty if it was published without one. It never
   * changes, since every change shows in lock files. Branches have none. Missing in published tags from before it was kept here:
   * see `publishedShasum`.
   */
  shasum: z.string().optional(),
  /** Where its files are, for a package below the root, which may have moved since. */
  directory: z.string().optional(),
  /** What stands for all that is in the folder, where the forge gives that. */
  tree: z.string().optional(),
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

/**
 * A page of a package's versions: branches first, then tags from the end of their normalized texts. One read.
 *
 * @param after the normalized text of the last version of the page before
 */
export async function versionPage(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly StoredVersion[]> {
  const { pk, sk } = keys.version(organization, packageNumber, '');
  const start = after === undefined ? undefined : keys.version(organization, packageNumber, after).sk;
  const items = await table.query(pk, sk, { limit, after: start, descending: true });
  return items.map((item) => VersionItem.parse(item));
}

/** The version of that normalized text. */
export async function findVersion(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
  normalized: string,
): Promise<StoredVersion | undefined> {
  const item = await table.get(keys.version(organization, packageNumber, normalized));
  return item === undefined ? undefined : VersionItem.parse(item);
}

/** Whether it is a tag's version from when checksums were stored with the commit only. */
export const hasCommitShasum = ({ refKind, shasum }: StoredVersion): boolean =>
  refKind === 'tag' && shasum === undefined;

/**
 * The checksum in the metadata of a version; undefined for none.
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

/** A commit whose archive may be built for the package, and the archive once it is stored. */
const DistItem = z.object({
  sk: z.string(),
  /** SHA-1 of the archive in hex. */
  sha1: z.string().optional(),
  /** The same, for an archive from when all versions of a commit were published with its checksum. */
  shasum: z.string().optional(),
  /** Bytes */
  size: z.number().optional(),
  storedAt: z.number().optional(),
  leaseUntil: z.number().optional(),
  tooLargeAt: z.number().optional(),
  slowBuilds: z.number().optional(),
  unavailableAt: z.number().optional(),
  /** Where the package is at the commit, if a scan found it below the root. */
  directory: z.string().optional(),
  /** The commit, where its reference in addresses is another: the key has that one. */
  commit: z.string().optional(),
  linksLeftOut: z.array(z.string()).default([]),
});

export interface StoredDist {
  readonly commit: string;
  /** What stands for the commit in addresses and keys (`distReference`). */
  readonly reference: string;
  /** Where the package is at the commit, if a scan found it below the root. */
  readonly directory: string | undefined;
  /** Symbolic links that lead out of its folder and are not in the archive: the first of them, within the folder. */
  readonly linksLeftOut: readonly string[];
  /** SHA-1 of the archive in hex; undefined until it is stored. */
  readonly shasum: string | undefined;
  /** The checksum of versions from before it was stored with the version. */
  readonly commitShasum: string | undefined;
  readonly size: number | undefined;
  /** End of the lease of the worker that builds it; milliseconds since the epoch. */
  readonly leaseUntil: number | undefined;
  /** When the archive was found too large to be served; milliseconds since the epoch. */
  readonly tooLargeAt: number | undefined;
  /** How many builds in a row took longer than a function has. */
  readonly slowBuilds: number | undefined;
  /** When it could not be stored in the background; milliseconds since the epoch. */
  readonly unavailableAt: number | undefined;
}

export function parseDist(item: Item): StoredDist {
  const dist = DistItem.parse(item);
  const reference = nameInKey(dist.sk);
  return {
    commit: dist.commit ?? reference,
    reference,
    directory: dist.directory,
    linksLeftOut: dist.linksLeftOut,
    shasum: dist.sha1 ?? dist.shasum,
    commitShasum: dist.shasum,
    size: dist.size,
    leaseUntil: dist.leaseUntil,
    tooLargeAt: dist.tooLargeAt,
    slowBuilds: dist.slowBuilds,
    unavailableAt: dist.unavailableAt,
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

/** @param commit or what stands for it in addresses */
export async function findDist(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
  commit: string,
): Promise<StoredDist | undefined> {
  const item = await table.get(keys.dist(organization, packageNumber, distReference(commit)));
  return item === undefined ? undefined : parseDist(item);
}

/** Records a commit, so that its archive may be built. What is recorded already stays. @param recordedAt milliseconds since the epoch */
export function recordDist(
  organization: OrganizationId,
  packageNumber: number,
  commit: string,
  recorded: { readonly recordedAt: number; readonly directory?: string | undefined },
): Operation {
  const reference = distReference(commit);
  return {
    update: {
      key: keys.dist(organization, packageNumber, reference),
      setIfMissing: { ...recorded, ...(reference !== commit && { commit }) },
    },
  };
}

/** Those of the commits that are recorded, by the commit. */
export async function findDists(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
  commits: readonly string[],
): Promise<ReadonlyMap<string, StoredDist>> {
  const wanted = [...new Set(commits)].map((commit) =>
    keys.dist(organization, packageNumber, distReference(commit)),
  );
  const items = await table.getMany(wanted);
  return new Map(
    items.flatMap((item) => (item === undefined ? [] : [parseDist(item)])).map((dist) => [dist.commit, dist]),
  );
}

/** References in addresses, with this prefix, of recorded commits: none, one, or the first two. */
export async function recordedReferences(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
  prefix: string,
): Promise<readonly string[]> {
  const { pk, sk } = keys.dist(organization, packageNumber, prefix);
  const items = await table.query(pk, sk, { limit: 2 });
  return items.map((item) => parseDist(item).reference);
}
