/** Removes the archives of refused commits from all packages of the organization. */

import { objectKeys } from '../../publish/object-keys.ts';
import { all, any, equal, missingOrLess, present } from '../../store/condition.ts';
import { keys } from '../../store/keys.ts';
import type { StoredDist, StoredPackage } from '../../store/package-store.ts';
import { noteRemoved, refusedCommitsOf, stillRefused } from '../../store/refused-commit-store.ts';
import { leaseHeld } from '../../store/work.ts';
import { narrowRefused, packagesWith } from '../narrow-refused.ts';
import {
  deletionLeaseMs,
  type Portion,
  type PortionDependencies,
  type PortionInputs,
  pollMs,
} from './portion.ts';

/** How many commits one portion handles. */
const commitsInPortion = 20;

export async function removeRefused(
  dependencies: PortionDependencies,
  { lease, organization }: PortionInputs,
): Promise<Portion> {
  const { table, clock } = dependencies;
  const refused = await refusedCommitsOf(table, organization.id);
  const open = [...refused.values()].filter(({ removedAt }) => removedAt === undefined);
  const portion = open.slice(0, commitsInPortion);
  const commits = portion.map(({ commit }) => commit);
  if (commits.length === 0) {
    return { is: 'done', step: 'done' };
  }
  const notWithdrawn = portion.filter(({ isWithdrawn }) => !isWithdrawn).map(({ commit }) => commit);
  if (notWithdrawn.length > 0) {
    // The call that refused them died before it got here.
    await narrowRefused(dependencies, organization, notWithdrawn);
  }
  const affected = await packagesWith(table, organization.id, commits);
  let objects = 0;
  const waiting = new Map<string, number>();
  for (const { found, dists } of affected) {
    for (const dist of dists) {
      const until = busyUntil(found, dist, clock.now());
      if (until === undefined) {
        objects += await removeArchive(dependencies, { lease, organization }, found, dist);
      } else {
        waiting.set(dist.commit, Math.max(until, waiting.get(dist.commit) ?? 0));
      }
    }
  }
  const removed = commits.filter((commit) => !waiting.has(commit));
  if (removed.length > 0) {
    await table.transact([
      leaseHeld(lease),
      ...removed.map((commit) => noteRemoved(organization.id, commit, clock.now())),
    ]);
  }
  return removed.length === 0
    ? {
        is: 'later',
        at: Math.min(...waiting.values()),
        step: 'waiting for archive builds to end',
        objects,
      }
    : { is: 'more', step: 'removing archives', objects };
}

/**
 * Removes one archive. Its record is leased as for a build, so that nobody builds the archive meanwhile, even if the commit is allowed at
 * this moment. The commit stays recorded.
 */
async function removeArchive(
  { table, storedObjects, clock }: PortionDependencies,
  { lease, organization }: Pick<PortionInputs, 'lease' | 'organization'>,
  { number }: StoredPackage,
  { commit, reference }: StoredDist,
): Promise<number> {
  const key = keys.dist(organization.id, number, reference);
  const { leaseId } = lease;
  await table.transact([
    leaseHeld(lease),
    stillRefused(organization.id, commit),
    {
      update: {
        key,
        set: { leaseId, leaseUntil: clock.now() + deletionLeaseMs },
        remove: ['sha1', 'shasum', 'size', 'storedAt'],
      },
      when: all(present, any(missingOrLess('leaseUntil', clock.now()), equal('leaseId', leaseId))),
    },
  ]);
  const { removed } = await storedObjects.removeSome(objectKeys.dist(organization.slug, number, reference));
  await table.update({ key, remove: ['leaseId', 'leaseUntil'] }, equal('leaseId', leaseId));
  return removed;
}

/** Until when a worker may still store the archive; undefined when none may. */
function busyUntil(found: StoredPackage, { leaseUntil }: StoredDist, now: number): number | undefined {
  if (found.state === 'copying') {
    return now + pollMs;
  }
  return leaseUntil !== undefined && leaseUntil > now ? leaseUntil : undefined;
}
