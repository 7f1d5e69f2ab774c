/** Finishes the look-up of a commit, or the build of an archive, that took too long for an HTTP request. */

import { mayBeWhole } from '../domain/dist-reference.ts';
import type { OrganizationId } from '../domain/ids.ts';
import {
  type BuildDistDependencies,
  buildDist,
  type DistOutcome,
  noteSlowBuild,
} from '../publish/build-dist.ts';
import { type DistReader, type LookUpOutcome, lookUpCommit } from '../publish/look-up-commit.ts';
import { delaySecondsUntil } from '../runtime/retries.ts';
import { findOrganization } from '../store/organization-store.ts';
import { findPackage, isLiving, type StoredPackage } from '../store/package-store.ts';
import type { WorkQueue } from '../store/work.ts';
import { scanQueueOf } from '../store/work-items.ts';
import { scanLeaseMs } from './scan-lease.ts';

/** How long a build may take in a function of 300 s; its lease is held until the function has certainly ended. Milliseconds. */
const buildMs = 240_000;
/** How long a look-up sends requests to the forge before it leaves the rest to another message; milliseconds. */
const lookUpMs = 30_000;
/** When to check again on a look-up that another worker makes; seconds. */
const busySeconds = 60;
/** After this many consecutive failures of the forge, the next request for the archive has to start again. */
const failuresMax = 5;

export interface FinishDistDependencies extends Omit<BuildDistDependencies, 'reader'> {
  readonly reader: (found: StoredPackage) => Promise<DistReader>;
  readonly workQueue: WorkQueue;
}

/** The work in the queues `scan` and `vcs` that is not a scan. */
export interface WantedDist {
  readonly kind: 'dist';
  readonly organization: OrganizationId;
  readonly packageNumber: number;
  /** What stands for a commit in addresses, or its abbreviation. */
  readonly reference: string;
}

/** @returns the outcome; `unknown` for a package that does not exist */
export async function finishDist(
  dependencies: FinishDistDependencies,
  message: WantedDist,
): Promise<DistOutcome['is'] | LookUpOutcome['is'] | 'unknown'> {
  const { table, clock, workQueue } = dependencies;
  const hash = message.reference;
  const organization = await findOrganization(table, message.organization);
  const found = await findPackage(table, message.organization, message.packageNumber);
  if (!organization || !found) {
    return 'unknown';
  }
  if (!isLiving(found)) {
    return 'gone';
  }
  const leaseMs = scanLeaseMs(found.synchronization);
  const build = async (commit: string): Promise<DistOutcome['is']> => {
    const signal = AbortSignal.timeout(buildMs);
    const wanted = { organization: organization.id, slug: organization.slug, found, commit };
    try {
      const { is } = await buildDist(dependencies, { ...wanted, signal, leaseMs });
      return is;
    } catch (error) {
      if (signal.aborted && (await noteSlowBuild(dependencies, wanted))) {
        return 'too-large';
      }
      throw error;
    }
  };
  const built = mayBeWhole(hash) ? await build(hash) : 'unrecorded';
  if (built !== 'unrecorded') {
    return built;
  }
  const looked = await lookUpCommit(dependencies, {
    organization: organization.id,
    found,
    hash,
    forMs: lookUpMs,
    leaseMs,
  });
  if (looked.is === 'recorded') {
    return build(looked.commit);
  }
  const queue = scanQueueOf(found.synchronization);
  const scanMessage = { queue, group: organization.id, message: { ...message } } as const;
  if (looked.is === 'undecided') {
    await workQueue.send([scanMessage]);
  }
  if (looked.is === 'busy') {
    // The other worker may have died.
    await workQueue.send([scanMessage], busySeconds);
  }
  if (looked.is === 'failed' && looked.failures <= failuresMax) {
    await workQueue.send([scanMessage], delaySecondsUntil(looked.notBefore, clock.now()));
  }
  return looked.is;
}
