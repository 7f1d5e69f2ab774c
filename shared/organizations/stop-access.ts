/** The emergency stop: all tokens of an organization are refused at once, even for cached objects, until an owner allows access again. */

import { CallerError } from '../domain/caller-error.ts';
import type { Organization } from '../domain/organization.ts';
import { type OpenAtEdgeDependencies, restrictTokens } from '../publish/open-at-edge.ts';
import { desireClosed, desireOpen, markStopped, unmarkStopped } from '../store/organization-store.ts';
import { ConflictError } from '../store/table.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface StopAccessDependencies extends OpenAtEdgeDependencies {
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * Refuses every token of the organization. Tokens, rights and packages are kept, and synchronization goes on.
 *
 * @throws CallerError when access is stopped already
 */
export async function stopAccess(
  dependencies: StopAccessDependencies,
  organization: Organization,
  accountable: Accountable,
): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  const closed = desireClosed(organization, clock.now());
  await conflictAsCallerError(
    `access to ${organization.slug} is already stopped; status says by whom and why`,
    () =>
      table.transact([
        markStopped(organization.id, clock.now()),
        closed.operation,
        ownerAct(dependencies, organization.id, accountable, 'stop-access', organization.slug),
      ]),
  );
  await workQueue.send([closed.message]);
  // The edge checks the organization's key only for tokens that name the organization.
  await restrictTokens(dependencies, organization);
}

/**
 * Accepts the organization's valid tokens again.
 *
 * @throws CallerError when access is not stopped
 */
export async function allowAccess(
  dependencies: StopAccessDependencies,
  organization: Organization,
  accountable: Accountable,
): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  const { accessStoppedAt } = organization;
  const notStopped = `access to ${organization.slug} is not stopped`;
  if (accessStoppedAt === undefined) {
    throw new CallerError('conflict', notStopped);
  }
  const open = desireOpen(organization, clock.now());
  await conflictAsCallerError(notStopped, () =>
    table.transact([
      unmarkStopped(organization.id, accessStoppedAt),
      open.operation,
      ownerAct(dependencies, organization.id, accountable, 'allow-access', organization.slug),
    ]),
  );
  await workQueue.send([open.message]);
}

/** Turns a conflict of the first operation, the one on the organization, into a CallerError: access is in that state already. */
async function conflictAsCallerError(message: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof ConflictError && error.failed.includes(0)) {
      throw new CallerError('conflict', message);
    }
    throw error;
  }
}
