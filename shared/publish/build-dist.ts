/** Builds the archive of a recorded commit once, from the forge into the object store. The first stored bytes win and are kept. */
import type { Readable } from 'node:stream';
import { distReference } from '../domain/dist-reference.ts';
import type { OrganizationId } from '../domain/ids.ts';
import { ForgeError } from '../forge/errors.ts';
import type { ContentReader } from '../forge/forge.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { all, any, equal, missing, missingOrLess } from '../store/condition.ts';
import { keys } from '../store/keys.ts';
import { findDist, findPackage, type StoredPackage } from '../store/package-store.ts';
import { isRefused, notRefused } from '../store/refused-commit-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { type CommitArchives, createCommitArchives } from './commit-archives.ts';
import { cutFolder, NoFolderError } from './cut-folder.ts';
import { ArchiveTooLargeError, type DistObjects, type StoredArchive } from './dist-objects.ts';
import { objectKeys } from './object-keys.ts';

export interface BuildDistDependencies {
  readonly table: Table;
  readonly objects: DistObjects;
  readonly clock: Clock;
  readonly newLeaseId: () => string;
  readonly logger: Pick<Logger, 'warn'>;
  readonly reader: (found: StoredPackage) => Promise<Pick<ContentReader, 'readArchive'>>;
  /** Kept by whoever builds several archives of a repository; else one archive is on the disk for as long as it is needed. */
  readonly archives?: CommitArchives | undefined;
}

export interface DistRequest {
  readonly organization: OrganizationId;
  readonly slug: string;
  readonly found: StoredPackage;
  /** The commit, or what stands for it in addresses. */
  readonly commit: string;
  /** Aborts requests to the forge and to the object store. */
  readonly signal: AbortSignal;
  /** The function's time-out plus 30 s. */
  readonly leaseMs: number;
  /**
   * Called when the archive is downloaded but not stored yet. Once stored, nobody requests its build any more, so a caller without a queue
   * message that comes back makes sure here that it is recorded even if this worker dies.
   */
  readonly beforeStoring?: () => Promise<unknown>;
}

/**
 * `stored`: the archive is stored, with its SHA-1 in hex. `busy`: another worker builds it. `unrecorded`: the commit is not recorded for
 * the package. `refused`: an owner refused the commit. `too-large`: nobody tries again before tomorrow. `no-folder`: the package is a folder of its
 * repository, which the commit does not have.
 */
export type DistOutcome =
  | { readonly is: 'stored'; readonly shasum: string }
  | { readonly is: 'busy' }
  | { readonly is: 'unrecorded' }
  | { readonly is: 'refused' }
  | { readonly is: 'too-large' }
  | { readonly is: 'no-folder' };

/** How long an archive that is too large is not fetched again; milliseconds. */
const againAfterMs = 24 * 3600_000;
/** How often a build may take longer than a function has, before its archive counts as too large. */
const slowBuildsMax = 3;

/**
 * To be called when a build with all the time of a function did not end in it.
 *
 * @returns whether the archive counts as too large from now on
 */
export async function noteSlowBuild(
  { table, clock }: Pick<BuildDistDependencies, 'table' | 'clock'>,
  { organization, found, commit }: Pick<DistRequest, 'organization' | 'found' | 'commit'>,
): Promise<boolean> {
  const key = keys.dist(organization, found.number, distReference(commit));
  const slowBuilds = ((await findDist(table, organization, found.number, commit))?.slowBuilds ?? 0) + 1;
  const isTooLarge = slowBuilds >= slowBuildsMax;
  await table.update({
    key,
    set: isTooLarge ? { tooLargeAt: clock.now() } : { slowBuilds },
    ...(isTooLarge && { remove: ['slowBuilds'] }),
  });
  return isTooLarge;
}

/** @throws ForgeError when the forge cannot provide the archive now */
export async function buildDist(
  dependencies: BuildDistDependencies,
  request: DistRequest,
): Promise<DistOutcome> {
  const { table, clock } = dependencies;
  const { organization, found } = request;
  const [dist, refused] = await Promise.all([
    findDist(table, organization, found.number, request.commit),
    isRefused(table, organization, request.commit),
  ]);
  if (refused) {
    return { is: 'refused' };
  }
  if (!dist) {
    return { is: 'unrecorded' };
  }
  const { commit, reference } = dist;
  // Refusals name commits, and the address had what stands for this one.
  if (commit !== request.commit && (await isRefused(table, organization, commit))) {
    return { is: 'refused' };
  }
  if (dist.shasum !== undefined) {
    return { is: 'stored', shasum: dist.shasum };
  }
  if ((dist.tooLargeAt ?? 0) > clock.now() - againAfterMs) {
    return { is: 'too-large' };
  }
  const key = keys.dist(organization, found.number, reference);
  const leaseId = dependencies.newLeaseId();
  try {
    await table.transact([
      {
        update: { key, set: { leaseId, leaseUntil: clock.now() + request.leaseMs } },
        // Or already ours: the SDK's client repeats a request whose response was lost.
        when: any(missingOrLess('leaseUntil', clock.now()), equal('leaseId', leaseId)),
      },
      // A refusal of the commit from now on sees the lease, and removes what is stored under it.
      notRefused(organization, commit),
      // Nothing is stored for a number that is being replaced either.
      {
        check: keys.package(organization, found.number),
        when: all(missing('successor'), any(equal('state', 'available'), equal('state', 'accepted'))),
      },
    ]);
  } catch (error) {
    if (error instanceof ConflictError) {
      return whyNoLease(dependencies, request, error);
    }
    throw error;
  }
  return buildLeased(dependencies, request, {
    ...{ key, leaseId, commit, reference },
    // A worker that died, or lost the store's response, left its `leaseUntil`.
    mayBeStored: dist.leaseUntil !== undefined,
    directory: dist.directory ?? found.directory,
  });
}

/** An archive, and the symbolic links that are not in it; where another worker stored it, nothing is known of those. */
interface BuiltArchive extends StoredArchive {
  readonly linksLeftOut?: readonly string[];
}

/** Of the links that are left out of an archive. */
const linksShownMax = 20;

interface DistLease {
  readonly key: ReturnType<typeof keys.dist>;
  readonly leaseId: string;
  readonly commit: string;
  /** What stands for the commit in addresses and keys. */
  readonly reference: string;
  /** An earlier worker may have stored bytes without recording them. */
  readonly mayBeStored: boolean;
  /** Where the package is at the commit. */
  readonly directory: string;
}

async function buildLeased(
  dependencies: BuildDistDependencies,
  request: DistRequest,
  lease: DistLease,
): Promise<DistOutcome> {
  const { table, objects, clock } = dependencies;
  const objectKey = objectKeys.dist(request.slug, request.found.number, lease.reference);
  // True until the store says that there is no object, and again once our upload starts.
  let mayBeStored = true;
  const beforeStoring = async (): Promise<void> => {
    await request.beforeStoring?.();
    mayBeStored = true;
  };
  try {
    // Clients may have the bytes that a worker stored before it died, so these are kept.
    let stored: BuiltArchive | undefined = await objects.digest(objectKey, request.signal);
    if (!stored) {
      mayBeStored = lease.mayBeStored;
      stored = await store(dependencies, { ...request, beforeStoring }, objectKey, lease);
    }
    const { shasum, size, linksLeftOut = [] } = stored;
    const shown = linksLeftOut.length > 0 && { linksLeftOut: linksLeftOut.slice(0, linksShownMax) };
    await table.update({
      key: lease.key,
      set: { sha1: shasum, size, storedAt: clock.now(), ...shown },
      remove: ['leaseId', 'leaseUntil', 'tooLargeAt', 'slowBuilds'],
    });
    return { is: 'stored', shasum };
  } catch (error) {
    await releaseDistLease(dependencies, lease, mayBeStored);
    if (error instanceof ArchiveTooLargeError) {
      await table.update({ key: lease.key, set: { tooLargeAt: clock.now() } });
      return { is: 'too-large' };
    }
    if (error instanceof NoFolderError) {
      return { is: 'no-folder' };
    }
    throw error;
  }
}

async function whyNoLease(
  { table }: BuildDistDependencies,
  { organization, found }: DistRequest,
  { failed }: ConflictError,
): Promise<DistOutcome> {
  if (failed.includes(1)) {
    return { is: 'refused' };
  }
  const now = failed.includes(2) ? await findPackage(table, organization, found.number) : found;
  return { is: now?.state === 'available' || now?.state === 'accepted' ? 'busy' : 'unrecorded' };
}

async function store(
  dependencies: BuildDistDependencies,
  request: DistRequest,
  objectKey: string,
  { commit, reference, directory }: DistLease,
): Promise<BuiltArchive> {
  const { objects, reader } = dependencies;
  const { found, signal, beforeStoring = async () => {} } = request;
  const contents = await reader(found);
  const read = (): Promise<Readable> =>
    contents.readArchive({ repository: found.repository }, commit, signal);
  const upload = { signal, beforeStoring };
  const put = (archive: Readable) => objects.putFirst(objectKey, archive, upload);
  const { stored, linksLeftOut } =
    directory === '' && found.directory === ''
      ? { stored: await put(await read()), linksLeftOut: [] }
      : await withFolder(dependencies, { found, commit: reference, signal }, directory, read, put);
  const first = stored ?? (await objects.digest(objectKey, signal));
  if (!first) {
    throw new Error('a stored archive disappeared');
  }
  return { ...first, linksLeftOut };
}

/** The archive of the package's folder alone, cut out of the commit's. */
async function withFolder<Stored>(
  { archives, logger }: BuildDistDependencies,
  { found, commit, signal }: Pick<DistRequest, 'found' | 'commit' | 'signal'>,
  directory: string,
  read: () => Promise<Readable>,
  put: (archive: Readable) => Promise<Stored>,
): Promise<{ readonly stored: Stored; readonly linksLeftOut: readonly string[] }> {
  const kept = archives ?? createCommitArchives();
  try {
    const file = await kept.file(`${found.synchronization}/${found.repository}/${commit}`, read, signal);
    const top = `${found.name.replace('/', '-')}-${commit.slice(0, 12)}`;
    const cut = await cutFolder(file, { directory, packageName: found.name, top }).catch((error: unknown) => {
      throw error instanceof NoFolderError
        ? error
        : new ForgeError('incomplete', `the archive of ${commit} cannot be read`, { cause: error });
    });
    if (cut.linksLeftOut.length > 0) {
      logger.warn('symbolic links that lead out of the folder of a package are not in its archive', {
        package: found.name,
        commit,
        links: cut.linksLeftOut.slice(0, linksShownMax),
      });
    }
    return { stored: await put(cut.archive), linksLeftOut: cut.linksLeftOut };
  } finally {
    if (archives === undefined) {
      await kept.close();
    }
  }
}

/**
 * Releases the lease. If unrecorded bytes may be stored, `leaseUntil` is kept, set to now: a refusal of the commit sees from it that
 * clients and caches may have the archive.
 */
async function releaseDistLease(
  { table, clock }: BuildDistDependencies,
  { key, leaseId }: DistLease,
  mayBeStored: boolean,
): Promise<void> {
  const change = mayBeStored
    ? { key, set: { leaseUntil: clock.now() - 1 }, remove: ['leaseId'] }
    : { key, remove: ['leaseId', 'leaseUntil'] };
  try {
    await table.update(change, equal('leaseId', leaseId));
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}
