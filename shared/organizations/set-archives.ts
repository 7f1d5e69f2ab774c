/** Sets whether archives of stable versions are stored before anybody asks for them. */
import { unlessChanged } from '../domain/conflict-error.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { Clock } from '../runtime/clock.ts';
import { setStoresArchives } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { requestWork, type WorkQueue } from '../store/work.ts';
import { archivesWork } from '../store/work-items.ts';
import { type Accountable, causeOf, ownerAct } from './owner-act.ts';

export interface SetArchivesDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * The work is requested either way: it begins, or what is under way ends with the archive that is being stored.
 *
 * @throws CallerError where somebody else set it meanwhile
 */
export async function setArchives(
  dependencies: SetArchivesDependencies,
  { id, organization, login, storesArchives }: Synchronization,
  store: boolean,
  accountable: Accountable,
): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  if (store === storesArchives) {
    return;
  }
  const workItem = archivesWork(organization, id);
  await unlessChanged('somebody set at the same moment whether archives are stored', () =>
    table.transact([
      setStoresArchives(id, store, storesArchives),
      requestWork(workItem, clock.now(), { cause: causeOf(accountable) }),
      ownerAct(dependencies, organization, accountable, 'set-archives', login, {
        before: { store: storesArchives },
        after: { store },
      }),
    ]),
  );
  await workQueue.send([workItem.message]);
}
