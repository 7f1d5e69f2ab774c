/**
 * Scans one repository: refs with manifests, versions, packages. One worker for each repository at a time.
 */

import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import type { PackageSource, WaitingName } from '../domain/package.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { isVcsSynchronization } from '../domain/vcs-repository.ts';
import { ForgeError } from '../forge/errors.ts';
import type { ContentReader } from '../forge/forge.ts';
import type { BuildDistDependencies } from '../publish/build-dist.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { delaySecondsUntil, retrySeconds } from '../runtime/retries.ts';
import { isDeletedOnForge } from '../store/forge-deletion-store.ts';
import { refusedCommitsOf } from '../store/refused-commit-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import {
  completeWork,
  holdsLease,
  type Lease,
  releaseLease,
  takeLease,
  underLease,
  type WorkQueue,
} from '../store/work.ts';
import { scanWork } from '../store/work-items.ts';
import { withdrawPackages } from './apply-scan.ts';
import { claimsOf, endClaims, requestClaimants } from './claim-name.ts';
import { type FoundFolders, findFolders } from './find-folders.ts';
import { type FinishedPackages, finishPackages } from './finish-packages.ts';
import { refKey } from './folders/folder-packages.ts';
import { type LoggedChange, logChanges, logFailure } from './log-scan.ts';
import { moveFolders } from './move-folders.ts';
import { changeOf, type RefsRecord } from './note-change.ts';
import type { LeftOutRef } from './owner-lines.ts';
import { packagesOfRepository } from './package-state.ts';
import { proposeFolders } from './propose-folders.ts';
import { readRefsInPortions } from './read-refs.ts';
import { type ReadVersions, readFolderVersions, readVersions } from './read-versions.ts';
import { type LeftOutRecord, nothingLeftOut, recordLeftOut } from './record-left-out.ts';
import { refuseEmptied } from './refuse-emptied.ts';
import { completeScan, type RestRecord, requestRest } from './rest-of-manifests.ts';
import type { ScanInputs } from './scan-inputs.ts';
import { scanLeaseMs } from './scan-lease.ts';
import { type FoundPackage, type RepositoryScan, type ScannedPackage, scanPackage } from './scan-package.ts';

export interface ScanDependencies extends Omit<BuildDistDependencies, 'reader'> {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  readonly load: (
    synchronization: SynchronizationId,
    repository: ForgeRepositoryId,
  ) => Promise<ScanInputs | undefined>;
  readonly readerOf: (
    synchronization: Synchronization,
    repository: ForgeRepositoryId,
  ) => Promise<ContentReader>;
}

/** Until when a scan begins to read folders, to write versions and to build archives; milliseconds after its own beginning. */
const foldersMs = 90_000;
const versionsMs = 170_000;
const distsMs = 200_000;
/** How often a scan decides when names or facts change during it. After that the error is thrown, and the work comes back later. */
const attemptsMax = 3;

export type ScanOutcome = 'done' | 'idle' | 'busy' | 'failed' | 'unknown';

/**
 * Brings packages and versions in step with the repository as it is now.
 *
 * @throws whatever is not the forge's fault; the message comes back
 */
export async function scanRepository(
  dependencies: ScanDependencies,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
): Promise<ScanOutcome> {
  const { table, clock } = dependencies;
  const known = await dependencies.load(synchronization, repository);
  if (!known) {
    return 'unknown';
  }
  const workItem = scanWork(known.organization.id, synchronization, repository);
  const leaseMs = scanLeaseMs(synchronization);
  const take = () =>
    takeLease(table, workItem, { leaseId: dependencies.newLeaseId(), now: clock.now(), leaseMs });
  let lease = await take();
  const openReader = () => dependencies.readerOf(known.synchronization, repository);
  if (lease === 'idle' && (await requestRest(dependencies, workItem, openReader))) {
    lease = await take();
  }
  if (lease === 'idle' || lease === 'busy') {
    return lease;
  }
  return scanUnderLease(dependencies, lease, known, { synchronization, repository });
}

async function scanUnderLease(
  dependencies: ScanDependencies,
  lease: Lease,
  known: ScanInputs,
  { synchronization, repository }: Pick<PackageSource, 'synchronization' | 'repository'>,
): Promise<ScanOutcome> {
  const { table, workQueue } = dependencies;
  const { workItem } = lease;
  return underLease(table, lease, async () => {
    const claims = claimsOf(lease);
    for (let attempt = 1; ; attempt++) {
      try {
        // Read again: what is decided under the lease rests on what was read under it.
        const inputs = (await dependencies.load(synchronization, repository)) ?? known;
        const { again, ...record } = inputs.repository
          ? await scan(dependencies, lease, inputs, inputs.repository, claims)
          : await withdraw(dependencies, lease, inputs, repository);
        const waiting = record.waiting.filter(({ reason }) => reason === 'name-taken');
        const names = new Set(waiting.map(({ name }) => name));
        const source = sourceOf(inputs, repository);
        await endClaims(dependencies, lease, inputs.organization.id, source, { claims, names });
        const rest = { unread: undefined, goOnAt: undefined };
        const attributes = {
          notices: undefined,
          movedTags: undefined,
          ...rest,
          ...record,
          lastFailure: undefined,
          failures: 0,
        };
        if (again !== undefined) {
          await releaseLease(table, lease, undefined, attributes);
          await workQueue.send([workItem.message], again);
        } else {
          await completeScan(dependencies, lease, attributes);
        }
        return 'done';
      } catch (error) {
        if (error instanceof ForgeError) {
          await logFailure(dependencies, lease, { synchronization, repository }, error);
          return fail(dependencies, lease, error);
        }
        if (!(error instanceof ConflictError) || attempt === attemptsMax) {
          throw error;
        }
        if (!(await holdsLease(table, lease))) {
          return 'busy';
        }
      }
    }
  });
}

/** What the scan's item keeps for owners and for the reconcile. */
interface ScanRecord extends LeftOutRecord, FinishedPackages, Partial<RefsRecord>, RestRecord {
  readonly lastScannedAt: number | undefined;
  readonly waiting: readonly WaitingName[];
}

async function scan(
  dependencies: ScanDependencies,
  lease: Lease,
  inputs: ScanInputs,
  repository: NonNullable<ScanInputs['repository']>,
  claims: Set<string>,
): Promise<ScanRecord> {
  const { table, clock } = dependencies;
  const { organization } = inputs;
  const begunAt = clock.now();
  const source = sourceOf(inputs, repository.fact.repository);
  const reader = await dependencies.readerOf(inputs.synchronization, repository.fact.repository);
  const { refs, unread, isEmpty, rest } = await readRefsInPortions(
    ...([dependencies, lease, source, reader, inputs] as const),
  );
  const [refused, before] = await Promise.all([
    refusedCommitsOf(table, organization.id),
    packagesOfRepository(table, organization.id, source),
  ]);
  // Forges give another id to a repository that is made again.
  if (isEmpty && isVcsSynchronization(source.synchronization)) {
    await refuseEmptied(table, organization.id, before);
  }
  const root = readVersions(refs, before, refused);
  const about = { inputs, repository, reader, refs, unread, refused };
  const folders = await findFolders(
    dependencies,
    source,
    { ...about, packages: before },
    { rootName: root.name, until: begunAt + foldersMs },
  );
  const places = placesOf(root.name, folders);
  const packages = await moveFolders(dependencies, lease, organization.id, before, places);
  const context = { ...about, packages, claims };
  const scanned: ScannedPackage[] = [];
  const skipped = [...root.skipped, ...folders.leftOut];
  let isLate = false;
  for (const one of foundPackages(source, root, folders, context)) {
    // What one scan has no time for the next one does; the packages before are in step by then.
    isLate ||= clock.now() > begunAt + versionsMs;
    if (isLate) break;
    const { skipped: lines, ...found } = one;
    const done = await scanPackage(dependencies, lease, context, found);
    scanned.push(done);
    skipped.push(...done.leftOut, ...lines);
  }
  const leftOut = await recordLeftOut(
    ...([dependencies, source.synchronization, source.repository, skipped, lease.item] as const),
  );
  await logChanges(dependencies, lease, source, scanned.flatMap(changesOf));
  const times = { leaseMs: scanLeaseMs(source.synchronization), until: begunAt + distsMs };
  const finished = await finishPackages(dependencies, lease, context, scanned, times);
  const proposed = await proposeFolders(dependencies, lease, context);
  return {
    lastScannedAt: isLate ? lastScannedOf(lease) : clock.now(),
    ...changeOf(refs, lease.item, clock.now()),
    ...restOf(rest, folders, lease, clock.now()),
    ...leftOut,
    ...finished,
    ...proposed,
    ...(isLate && { again: 1, unfinished: true }),
    waiting: scanned.flatMap(({ waiting }) => waiting),
  };
}

const lastScannedOf = ({ item }: Lease): number | undefined =>
  typeof item.lastScannedAt === 'number' ? item.lastScannedAt : undefined;

/** The folder of each name on the default branch. */
const placesOf = (rootName: string | undefined, { packages }: FoundFolders): ReadonlyMap<string, string> =>
  new Map([
    ...packages.flatMap(({ name, directory, isOnDefault }) =>
      isOnDefault ? [[name, directory] as const] : [],
    ),
    ...(rootName === undefined ? [] : [[rootName, ''] as const]),
  ]);

/** What the scan found of each package: of the root first. One at a time, so that their manifests are not in the memory together. */
function* foundPackages(
  source: PackageSource,
  root: ReadVersions,
  folders: FoundFolders,
  { refs, unread, refused }: Omit<RepositoryScan, 'claims' | 'packages'>,
): Generator<FoundPackage & { readonly skipped: readonly LeftOutRef[] }> {
  const commits = new Map(
    [
      ...refs.tags.map((ref) => ['tag', ref] as const),
      ...refs.branches.map((ref) => ['branch', ref] as const),
    ].map(([kind, { name, commit }]) => [refKey(kind, name), commit]),
  );
  yield {
    source,
    name: root.name,
    versions: root.versions,
    isUnread: unread.has,
    isWhole: unread.refs.length === 0,
    skipped: [],
  };
  for (const one of folders.packages) {
    yield {
      ...readFolderVersions(one, refused),
      source: { ...source, directory: one.directory },
      name: one.name,
      isUnread: (kind: 'tag' | 'branch', name: string) => {
        const commit = commits.get(refKey(kind, name));
        return unread.has(kind, name) || (commit !== undefined && !folders.isRead(commit));
      },
      isWhole: unread.refs.length === 0 && folders.unread === 0,
    };
  }
}

/** For the log: in a repository with several packages a version alone does not say whose it is. */
const changesOf = ({ found, changes }: ScannedPackage): readonly LoggedChange[] =>
  found === undefined || found.directory === ''
    ? changes
    : changes.map((change) => ({ ...change, version: `${found.name} ${change.version}` }));

/** What is left to read, of manifests in the root and of folders. */
function restOf(
  rest: RestRecord,
  { unread, goOnAt }: FoundFolders,
  lease: Lease,
  now: number,
): RestRecord & { readonly lastScannedAt?: number | undefined } {
  if (unread === 0) {
    return rest;
  }
  return {
    unread: (rest.unread ?? 0) + unread,
    goOnAt: Math.max(rest.goOnAt ?? 0, goOnAt ?? now),
    lastScannedAt: lastScannedOf(lease),
  };
}

const sourceOf = (
  { synchronization }: Pick<ScanInputs, 'synchronization'>,
  repository: ForgeRepositoryId,
): PackageSource => ({ synchronization: synchronization.id, repository, directory: '' });

/** The last whole read did not see the repository: its packages are withdrawn, their records and archives stay. */
async function withdraw(
  dependencies: ScanDependencies,
  lease: Lease,
  inputs: ScanInputs,
  repository: ForgeRepositoryId,
): Promise<ScanRecord> {
  const source = sourceOf(inputs, repository);
  const { table, workQueue } = dependencies;
  await workQueue.send(await withdrawPackages(dependencies, lease, inputs.organization, source));
  if (await isDeletedOnForge(table, inputs.synchronization.id, repository)) {
    await workQueue.send(await requestClaimants(dependencies, lease, inputs.organization.id, source));
  }
  return { lastScannedAt: dependencies.clock.now(), waiting: [], ...nothingLeftOut, unfinished: false };
}

/** A forge's failure changes nothing: it is recorded, and the scan comes back. */
async function fail(dependencies: ScanDependencies, lease: Lease, error: ForgeError): Promise<'failed'> {
  const { table, workQueue, clock, logger } = dependencies;
  const failures = Number(lease.item.failures ?? 0) + 1;
  const lastFailure = { at: clock.now(), code: error.code, message: error.message };
  logger.warn('a scan failed', { repository: lease.workItem.key.sk, code: error.code });
  const mayPass = ['rate-limited', 'unavailable', 'incomplete', 'not-found'].includes(error.code);
  const seconds =
    error.notBefore === undefined
      ? retrySeconds[failures - 1]
      : delaySecondsUntil(error.notBefore, clock.now());
  if (mayPass && seconds !== undefined) {
    // The message must not come before the lease's end.
    await releaseLease(table, lease, clock.now() + seconds * 1000 - 500, { lastFailure, failures });
    await workQueue.send([lease.workItem.message], seconds);
    return 'failed';
  }
  // `unfinished` makes the reconcile request this scan again, which does not go on by itself any more. Otherwise a push during the failure would wait for the daily scan, since
  // nothing else requests it once the credential works.
  const attributes = { lastFailure, failures: 0, unfinished: true, goOnAt: undefined };
  if ((await completeWork(table, lease, attributes)) === 'more') {
    await workQueue.send([lease.workItem.message]);
  }
  return 'failed';
}
