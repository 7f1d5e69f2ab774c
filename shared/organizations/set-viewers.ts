/** Sets whether people who may view code on the code host, but not download it, install packages. */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { findModule } from '../forge/modules.ts';
import { setViewersInstall } from '../store/synchronization-store.ts';
import { requestWork } from '../store/work.ts';
import { type Accountable, causeOf, ownerAct } from './owner-act.ts';
import { type SynchronizeNowDependencies, wholeRead } from './synchronize-now.ts';

/** Whether the code host has roles that view code and do not download it. */
export const hasViewers = ({ forge }: Pick<Synchronization, 'forge'>): boolean =>
  findModule(forge)?.traits.hasViewers === true;

/** @throws CallerError where the code host has no such roles */
export function refuseWithoutViewers(synchronization: Synchronization): void {
  if (!hasViewers(synchronization)) {
    throw new CallerError(
      'invalid',
      `${synchronization.baseUrl} has no roles that view code and do not download it`,
    );
  }
}

/**
 * Everything is read anew with the setting, as any change of rights: what becomes less is withdrawn, and the removal guard holds what would be
 * removed.
 *
 * @throws CallerError where the code host has no such roles, or somebody else set it meanwhile
 */
export async function setViewers(
  dependencies: SynchronizeNowDependencies,
  synchronization: Synchronization,
  install: boolean,
  accountable: Accountable,
): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  const { id, organization, login, viewersInstall } = synchronization;
  refuseWithoutViewers(synchronization);
  if (install === viewersInstall) {
    return;
  }
  const now = clock.now();
  const workItems = wholeRead(synchronization);
  await unlessChanged('somebody set at the same moment whether they install', () =>
    table.transact([
      setViewersInstall(id, install, viewersInstall),
      ...workItems.map((workItem) => requestWork(workItem, now, { cause: causeOf(accountable) })),
      ownerAct(dependencies, organization, accountable, 'set-viewers', login, {
        before: { install: viewersInstall },
        after: { install },
      }),
    ]),
  );
  await workQueue.send(workItems.slice(0, 1).map(({ message }) => message));
}
