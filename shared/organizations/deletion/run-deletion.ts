/**
 * The worker of deletions. It handles one deletion at a time, portion by portion, until nothing is left or other work has to finish first.
 */

import type { OrganizationId } from '../../domain/ids.ts';
import type { Organization } from '../../domain/organization.ts';
import { delaySecondsMax } from '../../runtime/retries.ts';
import { type Deletion, ended, noteProgress, parseDeletion } from '../../store/deletion-store.ts';
import { findOrganization } from '../../store/organization-store.ts';
import { ConflictError } from '../../store/table.ts';
import { completeWork, type Lease, releaseLease, takeLease, underLease } from '../../store/work.ts';
import { deletionWork } from '../../store/work-items.ts';
import { deletionLeaseMs, type Portion, type PortionDependencies } from './portion.ts';
import { removeOrganization } from './remove-organization.ts';
import { removePackage } from './remove-package.ts';
import { removeRefused } from './remove-refused.ts';
import { removeSynchronization } from './remove-synchronization.ts';
import { renumberPackage } from './renumber-package.ts';

export interface RunDeletionDependencies extends PortionDependencies {
  readonly newLeaseId: () => string;
}

/** No portion starts after this time of the function's 300 s; milliseconds. */
const workMs = 200_000;

export type DeletionOutcome = 'done' | 'idle' | 'busy' | 'waiting' | 'again' | 'unknown';

/** @param subject names the deletion within the organization */
export async function runDeletion(
  dependencies: RunDeletionDependencies,
  organizationId: OrganizationId,
  subject: string,
): Promise<DeletionOutcome> {
  const { table, workQueue, clock, newLeaseId } = dependencies;
  const organization = await findOrganization(table, organizationId);
  if (organization === undefined) {
    return 'unknown';
  }
  const workItem = deletionWork(organizationId, subject);
  const lease = await takeLease(table, workItem, {
    leaseId: newLeaseId(),
    now: clock.now(),
    leaseMs: deletionLeaseMs,
  });
  if (lease === 'idle' || lease === 'busy') {
    return lease;
  }
  try {
    return await underLease(table, lease, () => work(dependencies, lease, organization));
  } catch (error) {
    if (error instanceof ConflictError) {
      // Another worker wrote the same items at the same moment: the portion is tried again.
      await workQueue.send([workItem.message], 1);
      return 'again';
    }
    throw error;
  }
}

async function work(
  dependencies: RunDeletionDependencies,
  lease: Lease,
  organization: Organization,
): Promise<DeletionOutcome> {
  const { table, workQueue, clock } = dependencies;
  const deletion = parseDeletion(lease.item);
  const until = clock.now() + workMs;
  for (;;) {
    const portion = await nextPortion(dependencies, lease, organization, deletion);
    await noteProgress(table, lease, portion);
    if (portion.is === 'done') {
      if ((await completeWork(table, lease, ended(clock.now()))) === 'more') {
        await workQueue.send([lease.workItem.message]);
      }
      return 'done';
    }
    if (portion.is === 'later') {
      const now = clock.now();
      const at = Math.max(portion.at, now + pollDelayMs(now - deletion.askedAt));
      // The message must not arrive before the lease has ended.
      await releaseLease(table, lease, at - 500);
      const seconds = Math.max(1, Math.ceil((at - now) / 1000));
      // The sweep finds deletions that wait longer.
      if (seconds <= delaySecondsMax) {
        await workQueue.send([lease.workItem.message], seconds);
      }
      return 'waiting';
    }
    if (clock.now() >= until) {
      await releaseLease(table, lease);
      await workQueue.send([lease.workItem.message]);
      return 'again';
    }
  }
}

/** How long to wait before the next check, in milliseconds: longer the longer it has waited, at most a minute. */
const pollDelayMs = (waited: number): number => Math.min(60_000, waited / 10);

function nextPortion(
  dependencies: PortionDependencies,
  lease: Lease,
  organization: Organization,
  deletion: Deletion,
): Promise<Portion> {
  const { target } = deletion;
  const inputs = { lease, organization, deletion };
  switch (target.kind) {
    case 'refused-commits':
      return removeRefused(dependencies, inputs);
    case 'package':
      return removePackage(dependencies, inputs, target.number);
    case 'renumbering':
      return renumberPackage(dependencies, inputs, target.number);
    case 'synchronization':
      return removeSynchronization(dependencies, inputs, target.synchronization);
    case 'organization':
      return removeOrganization(dependencies, inputs);
  }
}
