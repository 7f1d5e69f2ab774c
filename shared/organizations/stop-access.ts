/** The emergency stop: all tokens of an organization are refused at once, also for what is cached, until an owner allows them again. */

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
 * Refuses every token of the organization. Tokens, rights and packages stay as they are, and go on being kept in step.
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
  await orRefuse(`access to ${organization.slug} is stopped already; status says by whom and why`, () =>
    table.transact([
      markStopped(organization.id, clock.now()),
      closed.operation,
      ownerAct(dependencies, organization.id, accountable, 'stop-access', organization.slug),
    ]),
  );
  await workQueue.send([closed.message]);
  // The edge looks for the organization's key only for tokens that name the organization.
  await restrictTokens(dependencies, organization);
}

/**
 * Takes the organization's tokens again, those that are valid now.
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
  const otherwise = `access to ${organization.slug} is not stopped`;
  if (accessStoppedAt === undefined) {
    throw new CallerError('conflict', otherwise);
  }
  const open = desireOpen(organization, clock.now());
  await orRefuse(otherwise, () =>
    table.transact([
      unmarkStopped(organization.id, accessStoppedAt),
      open.operation,
      ownerAct(dependencies, organization.id, accountable, 'allow-access', organization.slug),
    ]),
  );
  await workQueue.send([open.message]);
}

/** The first operation is the organization's own: when it conflicts there is nothing to do. */
async function orRefuse(message: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof ConflictError && error.failed.includes(0)) {
      throw new CallerError('conflict', message);
    }
    throw error;
  }
}
