/** Archives of new tags: stored and hashed before anybody sees the version. */

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
  /** Seconds after which there may be more to publish, without anything new on the forge. */
  readonly again: number | undefined;
}

/** Archives of new tags are built in the scan for so long; the rest waits for the next one. */
const distsMs = 200_000;
/** An archive that another worker builds is looked for again after so many seconds. */
const busySeconds = 20;
/** The next archives would fail in the same way. */
const stopsAll: ReadonlySet<ForgeErrorCode> = new Set([
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
  /** Why no more archives are built in this scan. */
  let stopped: string | undefined;

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
      if (error instanceof ForgeError && stopsAll.has(error.code)) {
        stopped = reason;
      }
      return { reason };
    }
  };

  const versions = await versionsOfPackage(table, organization, found.number);
  let count = 0;
  for (const version of versions.filter((one) => one.state === 'pending')) {
    if (stopped === undefined && clock.now() >= until) {
      stopped = 'its archive was not built in time';
      again = 1;
    }
    const outcome = stopped === undefined ? await build(version) : { reason: stopped };
    count += 'reason' in outcome ? 1 : 0;
    if (!('reason' in outcome) || outcome.reason !== version.reason) {
      await workQueue.send(await publishPending(dependencies, lease, organization, found, version, outcome));
    }
    // What was asked for meanwhile, a withdrawal perhaps, waits no longer than for one archive.
    if (stopped === undefined && (await table.get(lease.workItem.key))?.wanted !== lease.wanted) {
      stopped = 'its archive comes with the next scan';
      again = undefined;
    }
  }
  return { count, again };
}
