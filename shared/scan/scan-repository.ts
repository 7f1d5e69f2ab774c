/**
 * Scans one repository: refs with manifests, versions, packages. One worker for each repository at a time.
 */

import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import type { PackageSource, WaitingName } from '../domain/package.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import type { ContentReader, ForgeRef } from '../forge/forge.ts';
import type { BuildDistDependencies } from '../publish/build-dist.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { delaySecondsUntil, retrySeconds } from '../runtime/retries.ts';
import { leaseMsOf } from '../runtime/time-limits.ts';
import { isDeletedOnForge } from '../store/forge-deletion-store.ts';
import { versionsOfPackage } from '../store/package-store.ts';
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
import { applyVersions, recordImported, recordMoved, withdrawPackages } from './apply-scan.ts';
import { claimName, endClaim, requestClaimants } from './claim-name.ts';
import { logChanges, logFailure } from './log-scan.ts';
import { noteReadme, type ReadmeRecord } from './note-readme.ts';
import { noteRequirements, type RequirementRecord } from './note-requirements.ts';
import { type MovedTag, movedTagsOf, type Notice, noticesOf } from './owner-lines.ts';
import { loadPackageState } from './package-state.ts';
import { planVersions } from './plan-versions.ts';
import { readRefsInPortions } from './read-refs.ts';
import { readVersions } from './read-versions.ts';
import { type LeftOutRecord, nothingLeftOut, recordLeftOut } from './record-left-out.ts';
import { requestHooks } from './request-hooks.ts';
import { completeScan, type RestRecord, requestRest } from './rest-of-manifests.ts';
import type { ScanInputs } from './scan-inputs.ts';
import { storePendingArchives } from './store-pending-archives.ts';
import { withinSizes } from './version-sizes.ts';

export interface ScanDependencies extends Omit<BuildDistDependencies, 'reader'> {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  readonly load: (
    synchronization: SynchronizationId,
    repository: ForgeRepositoryId,
  ) => Promise<ScanInputs | undefined>;
  readonly readerOf: (synchronization: Synchronization) => Promise<ContentReader>;
}

const leaseMs = leaseMsOf('scan-repository');
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
  const take = () =>
    takeLease(table, workItem, { leaseId: dependencies.newLeaseId(), now: clock.now(), leaseMs });
  let lease = await take();
  const openReader = () => dependencies.readerOf(known.synchronization);
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
    for (let attempt = 1; ; attempt++) {
      try {
        // Read again: what is decided under the lease rests on what was read under it.
        const inputs = (await dependencies.load(synchronization, repository)) ?? known;
        const { again, ...record } = inputs.repository
          ? await scan(dependencies, lease, inputs, inputs.repository)
          : await withdraw(dependencies, lease, inputs, repository);
        const claimed = record.waiting.find(({ reason }) => reason === 'name-taken')?.name;
        await endClaim(dependencies, lease, inputs.organization.id, sourceOf(inputs, repository), claimed);
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
interface ScanRecord extends LeftOutRecord, Partial<RequirementRecord>, Partial<ReadmeRecord>, RestRecord {
  readonly lastScannedAt: number | undefined;
  readonly waiting: readonly WaitingName[];
  readonly notices?: readonly Notice[] | undefined;
  readonly movedTags?: readonly MovedTag[] | undefined;
  /** New tags whose archives are not stored yet: the reconcile asks again. */
  readonly unfinished: boolean;
}

/** `again`: seconds after which another scan finds more to do. */
type ScanResult = ScanRecord & { readonly again?: number | undefined };

async function scan(
  dependencies: ScanDependencies,
  lease: Lease,
  inputs: ScanInputs,
  repository: NonNullable<ScanInputs['repository']>,
): Promise<ScanResult> {
  const { table, clock, workQueue } = dependencies;
  const { fact } = repository;
  const { organization } = inputs;
  const source = sourceOf(inputs, fact.repository);
  const reader = await dependencies.readerOf(inputs.synchronization);
  const { refs, unread, rest } = await readRefsInPortions(dependencies, lease, source, reader, inputs);
  const refused = await refusedCommitsOf(table, organization.id);
  const scanned = await readVersions(dependencies, organization.id, source, refs, refused);
  const state = await loadPackageState(table, organization.id, source, scanned.name);
  const { versions, leftOut } = withinSizes(
    scanned.versions ?? [],
    new Set(state.versions.map(({ versionNormalized }) => versionNormalized)),
  );
  const record = {
    lastScannedAt: clock.now(),
    ...rest,
    ...(await recordLeftOut(
      dependencies,
      source.synchronization,
      source.repository,
      [...leftOut, ...scanned.skipped],
      lease.item,
    )),
  };
  const about = { archived: fact.archived, links: refs.links };
  await workQueue.send(await recordMoved(dependencies, lease, organization.id, state, about));
  let found = state.current;
  let current = state.versions;
  if (!found && scanned.name !== undefined) {
    const claimed = await claimName(dependencies, lease, inputs, {
      repository,
      about,
      source,
      name: scanned.name,
    });
    if ('waiting' in claimed) {
      return { ...record, waiting: [claimed.waiting], unfinished: false };
    }
    found = claimed.made;
    await requestHooks(dependencies, inputs.synchronization);
    // The same source's packages under other names stay installable and point to this one.
    const moved = { ...state, current: found };
    await workQueue.send(await recordMoved(dependencies, lease, organization.id, moved, about));
    // It got back what it had before.
    current = found.imported ? await versionsOfPackage(table, organization.id, found.number) : [];
  }
  if (!found || scanned.versions === undefined) {
    return { ...record, waiting: [], unfinished: false };
  }
  const changes = planVersions({
    current,
    found: versions,
    tagCommits: new Map([...refs.tags, ...unread.tags].map((tag) => [tag.name, tag.commit])),
    isImport: !found.imported,
    refused,
    isUnread: unread.has,
  });
  for (const { version } of changes) {
    if (version.movedTo !== undefined) {
      dependencies.logger.warn('a tag moved, and its version keeps the first commit', {
        organization: organization.id,
        package: found.name,
        tag: version.refName,
        commit: version.commit,
        movedTo: version.movedTo,
      });
    }
  }
  await workQueue.send(
    await applyVersions(
      dependencies,
      lease,
      organization.id,
      found,
      changes,
      commitsOf([...refs.tags, ...refs.branches, ...unread.refs]),
    ),
  );
  await logChanges(dependencies, lease, source, changes);
  const required = await noteRequirements(dependencies, lease, organization, found.number, versions);
  const readme = await noteReadme(dependencies, lease, {
    organization: organization.id,
    found,
    repository: fact,
    refs,
    reader,
    refused,
  });
  if (!found.imported && unread.refs.length === 0) {
    await recordImported(dependencies, lease, organization.id, found);
  }
  const pending = await storePendingArchives(dependencies, lease, organization, found, {
    reader,
    leaseMs,
    scanned: versions,
  });
  const stored = await versionsOfPackage(table, organization.id, found.number);
  const notices = noticesOf(stored, versions);
  return {
    ...record,
    ...required,
    ...readme,
    waiting: [],
    notices,
    movedTags: movedTagsOf(stored),
    unfinished: pending.count > 0,
    again: pending.again,
  };
}

const sourceOf = (
  { synchronization }: Pick<ScanInputs, 'synchronization'>,
  repository: ForgeRepositoryId,
): PackageSource => ({ synchronization: synchronization.id, repository, directory: '' });

/** The commits that refs point to now, which are recorded: their archives may be built without a look-up. */
const commitsOf = (refs: readonly ForgeRef[]): ReadonlySet<string> => new Set(refs.map((ref) => ref.commit));

/** The last whole read did not see the repository: its packages are withdrawn, their records and archives stay. */
async function withdraw(
  dependencies: ScanDependencies,
  lease: Lease,
  inputs: ScanInputs,
  repository: ForgeRepositoryId,
): Promise<ScanResult> {
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
