/** Stores and hashes the archives of new tags before their versions are published. */

import type { Organization } from '../domain/organization.ts';
import { ForgeError, type ForgeErrorCode } from '../forge/errors.ts';
import type { ContentReader } from '../forge/forge.ts';
import { type BuildDistDependencies, buildDist } from '../publish/build-dist.ts';
import type { Logger } from '../runtime/logger.ts';
import { type StoredPackage, type StoredVersion, versionsOfPackage } from '../store/package-store.ts';
import type { Lease, WorkQueue } from '../store/work.ts';
import { type ArchiveOutcome, publishPending } from './apply-scan.ts';

export interface StorePendingDependencies extends Omit<BuildDistDependencies, 'reader'> {
  readonly workQueue: WorkQueue;
  readonly logger: Pick<Logger, 'warn'>;
}

export interface PendingArchives {
  /** How many are still pending. */
  readonly count: number;
  /** Seconds after which there may be more to publish, even without a change on the forge. */
  readonly again: number | undefined;
}

/** How long a scan builds archives of new tags; the next scan does the rest. Milliseconds. */
const distsMs = 200_000;
/** When to check again for an archive that another worker builds; seconds. */
const busySeconds = 20;
/** Errors that would make the next archives fail in the same way. */
const fatalCodes: ReadonlySet<ForgeErrorCode> = new Set([
  'credential-rejected',
  'insufficient-scope',
  'sso-required',
  'rate-limited',
]);

/** Builds the archives of new tags and publishes those whose archive is stored. */
export async function storePendingArchives(
  dependencies: StorePendingDependencies,
  lease: Lease,
  { id: organization, slug }: Organization,
  found: StoredPackage,
  reader: ContentReader,
  leaseMs: number,
): Promise<PendingArchives> {
  const { table, clock, workQueue, logger } = dependencies;
  const until = clock.now() + distsMs;
  let again: number | undefined;
  /** Why this scan builds no more archives. */
  let stopReason: string | undefined;

  const build = async ({ commit }: StoredVersion): Promise<ArchiveOutcome> => {
    try {
      const outcome = await buildDist(
        { ...dependencies, reader: () => Promise.resolve(reader) },
        { organization, slug, found, commit, signal: AbortSignal.timeout(until - clock.now()), leaseMs },
      );
      if (outcome.is === 'stored') {
        return { shasum: outcome.shasum };
      }
      if (outcome.is === 'refused') {
        return { reason: 'its commit was refused meanwhile' };
      }
      again = busySeconds;
      return { reason: 'its archive is being built' };
    } catch (error) {
      logger.warn('the archive of a new tag could not be fetched', {
        package: found.name,
        commit,
        error: error as Error,
      });
      const reason = `the forge did not return its archive: ${error instanceof ForgeError ? error.code : 'unexpected error'}`;
      if (error instanceof ForgeError && fatalCodes.has(error.code)) {
        stopReason = reason;
      }
      return { reason };
    }
  };

  const versions = await versionsOfPackage(table, organization, found.number);
  let count = 0;
  for (const version of versions.filter((one) => one.state === 'pending')) {
    if (stopReason === undefined && clock.now() >= until) {
      stopReason = 'its archive was not built in time';
      again = 1;
    }
    const outcome = stopReason === undefined ? await build(version) : { reason: stopReason };
    count += 'reason' in outcome ? 1 : 0;
    if (!('reason' in outcome) || outcome.reason !== version.reason) {
      await workQueue.send(await publishPending(dependencies, lease, organization, found, version, outcome));
    }
    // Work requested meanwhile, perhaps a withdrawal, waits for one archive at most.
    if (stopReason === undefined && (await table.get(lease.workItem.key))?.wanted !== lease.wanted) {
      stopReason = 'its archive comes with the next scan';
      again = undefined;
    }
  }
  return { count, again };
}
