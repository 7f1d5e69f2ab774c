/** Finds a commit, or builds an archive, that took too long for the request that asked for it. */

import type { OrganizationId } from '../domain/ids.ts';
import { type BuildDistDependencies, buildDist, type DistOutcome } from '../publish/build-dist.ts';
import { type DistReader, type LookUpOutcome, lookUpCommit } from '../publish/look-up-commit.ts';
import { delaySecondsUntil } from '../runtime/retries.ts';
import { leaseMsOf } from '../runtime/time-limits.ts';
import { findOrganization } from '../store/organization-store.ts';
import { findPackage, isLiving, type StoredPackage } from '../store/package-store.ts';
import type { WorkQueue } from '../store/work.ts';

/** A function of 300 s gives a build so long, and nobody else the lease until it is surely dead. */
const buildMs = 240_000;
const leaseMs = leaseMsOf('scan-repository');
/** So long it goes on asking the forge about a commit, before another message does. */
const lookUpMs = 30_000;
/** A look-up that another worker is at is looked at again after so many seconds. */
const busySeconds = 60;
/** After so many failures of the forge in a row it is left to whoever asks for the archive again. */
const failuresMax = 5;

export interface FinishDistDependencies extends Omit<BuildDistDependencies, 'reader'> {
  readonly reader: (found: StoredPackage) => Promise<DistReader>;
  readonly workQueue: WorkQueue;
}

/** What the queue `scan` is asked for beside scans. */
export interface WantedDist {
  readonly kind: 'dist';
  readonly organization: OrganizationId;
  readonly packageNumber: number;
  /** A commit, or its abbreviation. */
  readonly reference: string;
}

/** @returns what came of it; `unknown` for a package that is not there */
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
  const build = async (commit: string): Promise<DistOutcome['is']> => {
    const { is } = await buildDist(dependencies, {
      organization: organization.id,
      slug: organization.slug,
      found,
      commit,
      signal: AbortSignal.timeout(buildMs),
      leaseMs,
    });
    return is;
  };
  const built = hash.length === 40 ? await build(hash) : 'unrecorded';
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
  const scanMessage = { queue: 'scan', group: organization.id, message: { ...message } } as const;
  if (looked.is === 'undecided') {
    await workQueue.send([scanMessage]);
  }
  if (looked.is === 'busy') {
    // Perhaps by a worker that died.
    await workQueue.send([scanMessage], busySeconds);
  }
  if (looked.is === 'failed' && looked.failures <= failuresMax) {
    await workQueue.send([scanMessage], delaySecondsUntil(looked.notBefore, clock.now()));
  }
  return looked.is;
}
