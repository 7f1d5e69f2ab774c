/**
 * Scans one repository: refs with manifests, versions, packages. One worker for each repository at a time.
 */
import { versionsOf } from '../composer/versions.ts';
import type { RepositoryFact } from '../domain/facts.ts';
import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { decidePackage, type PackageSource, type WaitingName } from '../domain/package.ts';
import { isNewRepository, type Synchronization } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import type { ContentReader, ForgeRepository } from '../forge/forge.ts';
import { type BuildDistDependencies, buildDist } from '../publish/build-dist.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Waker } from '../runtime/wake.ts';
import type { StoredPackage } from '../store/package-store.ts';
import type { Table } from '../store/table.ts';
import { scanThing } from '../store/things.ts';
import { completeWork, type Lease, releaseLease, takeLease } from '../store/work.ts';
import {
  applyVersions,
  createPackage,
  publishHeld,
  recordImported,
  recordMoved,
  withdrawPackages,
} from './apply-scan.ts';
import { loadPackageState } from './package-state.ts';
import { planVersions } from './plan-versions.ts';

export interface ScanDependencies extends Omit<BuildDistDependencies, 'reader'> {
  readonly table: Table;
  readonly waker: Waker;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly load: (
    synchronization: SynchronizationId,
    repository: ForgeRepositoryId,
  ) => Promise<ScanInputs | undefined>;
  readonly readerOf: (synchronization: Synchronization) => Promise<ContentReader>;
}

/** What we know of the repository before its refs are read. */
export interface ScanInputs {
  readonly organization: Organization;
  readonly synchronization: Synchronization;
  /** Undefined when the last whole read did not see it. */
  readonly repository: { readonly fact: RepositoryFact; readonly firstObservedAt: number } | undefined;
  /** An owner's word on this very repository. */
  readonly chosen: boolean | undefined;
}

/** The function's time-out of 300 s and 30 s more. */
const leaseMs = 330_000;
/** Archives of new tags are built in the scan for so long; the rest waits for the next one. */
const distsMs = 200_000;
/** Seconds to wait after a failure that may pass, by the number of failures in a row; after the last the reconcile asks again. */
const retrySeconds = [5, 30, 120] as const;

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
  const { table, waker, clock } = dependencies;
  const known = await dependencies.load(synchronization, repository);
  if (!known) {
    return 'unknown';
  }
  const thing = scanThing(known.organization.id, synchronization, repository);
  const lease = await takeLease(table, thing, {
    leaseId: dependencies.newLeaseId(),
    now: clock.now(),
    leaseMs,
  });
  if (lease === 'idle' || lease === 'busy') {
    return lease;
  }
  // Read again: what is decided under the lease rests on what was read under it.
  const inputs = (await dependencies.load(synchronization, repository)) ?? known;
  let record: ScanRecord;
  try {
    record = inputs.repository
      ? await scan(dependencies, lease, inputs, inputs.repository)
      : await withdraw(dependencies, lease, inputs, repository);
  } catch (error) {
    if (error instanceof ForgeError) {
      return fail(dependencies, lease, error);
    }
    await releaseLease(table, lease);
    throw error;
  }
  if ((await completeWork(table, lease, { ...record, lastFailure: undefined, failures: 0 })) === 'more') {
    await waker.wake([thing.wake]);
  }
  return 'done';
}

/** What the scan's item keeps for owners and for the reconcile. */
interface ScanRecord {
  readonly lastScannedAt: number;
  readonly waiting: readonly WaitingName[];
  readonly skipped: readonly { readonly ref: string; readonly reason: string }[];
  /** New tags whose archives are not stored yet: the reconcile asks again. */
  readonly unfinished: boolean;
}

/** An item holds 400 KB; an owner reads no more than these. */
const skippedMax = 200;

async function scan(
  dependencies: ScanDependencies,
  lease: Lease,
  inputs: ScanInputs,
  repository: NonNullable<ScanInputs['repository']>,
): Promise<ScanRecord> {
  const { clock, waker } = dependencies;
  const { fact } = repository;
  const reader = await dependencies.readerOf(inputs.synchronization);
  const refs = await reader.readRefs(fact);
  const scanned = versionsOf({ ...refs, archived: fact.archived }, { now: clock.now() });
  const record = {
    lastScannedAt: clock.now(),
    skipped: scanned.skipped
      .filter((one) => one.isError)
      .slice(0, skippedMax)
      .map((one) => ({ ref: `${one.ref.kind} ${one.ref.name}`, reason: one.reason })),
  };
  const source: PackageSource = {
    synchronization: inputs.synchronization.id,
    repository: fact.repository,
    directory: '',
  };
  const state = await loadPackageState(
    dependencies.table,
    inputs.organization.id,
    source,
    scanned.packageName,
  );
  const moved = await recordMoved(dependencies, lease, inputs.organization.id, state, fact);
  await waker.wake(moved);
  if (scanned.packageName === undefined && state.current === undefined) {
    return { ...record, waiting: [], unfinished: false };
  }
  let found = state.current;
  if (!found && scanned.packageName !== undefined) {
    const decision = decidePackage({
      name: scanned.packageName,
      source,
      repository: fact,
      isNew: isNewRepository(inputs.synchronization, repository.firstObservedAt),
      chosen: inputs.chosen,
      choiceOfSynchronization: inputs.synchronization.choice,
      ownedVendors: inputs.organization.ownedVendors,
      holder: state.holder,
    });
    if (!decision.accept) {
      const waiting = [{ name: scanned.packageName, directory: '', reason: decision.reason }];
      return { ...record, waiting, unfinished: false };
    }
    found = await createPackage(dependencies, lease, inputs.organization.id, {
      name: scanned.packageName,
      source,
      archived: fact.archived,
      abandonedFor: state.others,
    });
  }
  if (!found) {
    return { ...record, waiting: [], unfinished: false };
  }
  const changes = planVersions({
    current: state.versions,
    found: scanned.versions,
    tagCommits: new Map(refs.tags.map((tag) => [tag.name, tag.commit])),
    isImport: !found.imported,
  });
  await waker.wake(
    await applyVersions(dependencies, lease, inputs.organization.id, found, changes, commitsOf(refs)),
  );
  if (!found.imported) {
    await recordImported(dependencies, inputs.organization.id, found);
  }
  const held = await storeHeld(dependencies, lease, inputs, found, reader);
  return { ...record, waiting: [], unfinished: held > 0 };
}

/** Commits that refs stand at now: the only ones whose archives may ever be built for the package. */
const commitsOf = (refs: ForgeRepository): ReadonlySet<string> =>
  new Set([...refs.tags, ...refs.branches].map((ref) => ref.commit));

/**
 * Builds the archives of new tags and publishes those whose archive is stored.
 *
 * @returns how many are still held
 */
async function storeHeld(
  dependencies: ScanDependencies,
  lease: Lease,
  inputs: ScanInputs,
  found: StoredPackage,
  reader: ContentReader,
): Promise<number> {
  const { clock, waker, logger } = dependencies;
  const state = await loadPackageState(dependencies.table, inputs.organization.id, found, found.name);
  const until = clock.now() + distsMs;
  let held = 0;
  for (const version of state.versions.filter((one) => one.state === 'held')) {
    let reason: string | undefined;
    try {
      const outcome =
        clock.now() > until
          ? undefined
          : await buildDist(
              { ...dependencies, reader: () => Promise.resolve(reader) },
              {
                organization: inputs.organization.id,
                slug: inputs.organization.slug,
                found,
                commit: version.commit,
                signal: AbortSignal.timeout(Math.max(1, until - clock.now())),
                leaseMs,
              },
            );
      if (outcome?.is === 'stored') {
        await waker.wake(outcome.wakes);
      } else {
        reason = outcome?.is === 'busy' ? 'its archive is being built' : 'its archive was not built in time';
      }
    } catch (error) {
      reason = `the forge did not give its archive: ${error instanceof ForgeError ? error.code : 'unexpected error'}`;
      logger.warn('the archive of a new tag cannot be had', {
        package: found.name,
        commit: version.commit,
        error: error as Error,
      });
    }
    held += reason === undefined ? 0 : 1;
    await waker.wake(await publishHeld(dependencies, lease, inputs.organization.id, found, version, reason));
  }
  return held;
}

/** The last whole read did not see the repository: its packages are withdrawn, their records and archives stay. */
async function withdraw(
  dependencies: ScanDependencies,
  lease: Lease,
  inputs: ScanInputs,
  repository: ForgeRepositoryId,
): Promise<ScanRecord> {
  const source = { synchronization: inputs.synchronization.id, repository, directory: '' };
  await dependencies.waker.wake(await withdrawPackages(dependencies, lease, inputs.organization, source));
  return { lastScannedAt: dependencies.clock.now(), waiting: [], skipped: [], unfinished: false };
}

/** A forge's failure changes nothing: it is recorded, and the scan comes back. */
async function fail(
  { table, waker, clock, logger }: ScanDependencies,
  lease: Lease,
  error: ForgeError,
): Promise<'failed'> {
  const failures = Number(lease.item.failures ?? 0) + 1;
  const failure = { at: clock.now(), code: error.code, message: error.message };
  logger.warn('a scan failed', { repository: lease.thing.key.sk, code: error.code });
  const mayPass = ['rate-limited', 'unavailable', 'incomplete', 'not-found'].includes(error.code);
  const seconds =
    error.notBefore === undefined
      ? retrySeconds[failures - 1]
      : Math.min(900, Math.max(1, Math.ceil((error.notBefore - clock.now()) / 1000)));
  if (!mayPass || seconds === undefined) {
    await completeWork(table, lease, { lastFailure: failure, failures });
    return 'failed';
  }
  await table.update({ key: lease.thing.key, set: { lastFailure: failure, failures } });
  await releaseLease(table, lease, clock.now() + seconds * 1000 - 500);
  await waker.wake([lease.thing.wake], seconds);
  return 'failed';
}
