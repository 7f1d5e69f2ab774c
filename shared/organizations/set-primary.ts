/** Chooses the synchronization whose owners are the organization's. */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { primaryOf } from '../domain/primary.ts';
import type { Clock } from '../runtime/clock.ts';
import { changeOwners } from '../store/organization-store.ts';
import { allOwnersIf, names, ownerKey } from '../store/owner-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { requestWork, type WorkQueue } from '../store/work.ts';
import { grantsWork } from '../store/work-items.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface SetPrimaryDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * Refuses a change by which somebody would own the organization no more, whether he has signed in or not. Who never did is known by the
 * account.
 *
 * @throws CallerError `not-found` without such a synchronization, `conflict` with the names of who would be locked out
 */
export async function setPrimary(
  dependencies: SetPrimaryDependencies,
  organization: Organization,
  id: SynchronizationId,
  accountable: Accountable,
): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  const synchronizations = await synchronizationsOf(table, organization.id);
  const chosen = synchronizations.find((one) => one.id === id);
  if (chosen === undefined) {
    throw new CallerError('not-found', 'the organization has no such synchronization');
  }
  const current = primaryOf(organization, synchronizations);
  if (current?.id === id) {
    return;
  }
  if (chosen.lastSuccessAt.members === undefined) {
    throw new CallerError('conflict', `the members of ${chosen.login} have not been read yet`);
  }
  const now = clock.now();
  const before = await allOwnersIf(table, organization, current, now);
  const after = await allOwnersIf(table, organization, chosen, now);
  const stay = new Set(after.map(ownerKey));
  const lockedOut = before.filter((owner) => !stay.has(ownerKey(owner)));
  if (lockedOut.length > 0) {
    throw new CallerError(
      'conflict',
      `these owners own nothing in ${chosen.login} and would be locked out: ${names(lockedOut)}`,
    );
  }
  if (after.every(({ user }) => user === undefined)) {
    throw new CallerError('conflict', `nobody who has signed in owns ${chosen.login}`);
  }
  const grants = grantsWork(organization.id);
  await unlessChanged('somebody changed who the owners are at the same moment', () =>
    table.transact([
      changeOwners(organization, id),
      // New owners do not wait, and tokens of the organization count while their maker owns it.
      requestWork(grants, now),
      ownerAct(dependencies, organization.id, accountable, 'set-primary', chosen.login, {
        before: { synchronization: current?.id, login: current?.login },
        after: { synchronization: id, login: chosen.login },
      }),
    ]),
  );
  await workQueue.send([grants.message]);
}
