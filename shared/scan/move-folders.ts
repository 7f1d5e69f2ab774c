/** A folder that moved within its repository keeps its package: the name says which one it is. */
import type { OrganizationId } from '../domain/ids.ts';
import { all, equal } from '../store/condition.ts';
import { keys } from '../store/keys.ts';
import { isOfSource, type StoredPackage } from '../store/package-store.ts';
import { type Lease, leaseHeld, requestWork, type WorkQueue } from '../store/work.ts';
import { packageWork } from '../store/work-items.ts';
import { type ApplyDependencies, putSource } from './apply-scan.ts';

/**
 * Records where packages are now.
 *
 * @param places the folder of each name on the default branch
 * @returns the packages with their new folders
 */
export async function moveFolders(
  { table, clock, workQueue }: ApplyDependencies & { readonly workQueue: WorkQueue },
  lease: Lease,
  organization: OrganizationId,
  packages: readonly StoredPackage[],
  places: ReadonlyMap<string, string>,
): Promise<readonly StoredPackage[]> {
  const moved: StoredPackage[] = [];
  for (const one of packages) {
    const directory = places.get(one.name);
    if (directory === undefined || directory === one.directory || !isOfSource(one)) {
      moved.push(one);
      continue;
    }
    const { number, name, synchronization, repository } = one;
    const workItem = packageWork(organization, number);
    await table.transact([
      leaseHeld(lease),
      {
        ...requestWork(workItem, clock.now(), { directory }),
        when: all(
          equal('synchronization', synchronization),
          equal('repository', repository),
          equal('directory', one.directory),
        ),
      },
      {
        update: { key: keys.packageName(organization, name), set: { directory } },
        when: equal('number', number),
      },
      { delete: keys.packageSource(organization, synchronization, repository, one.directory, name) },
      putSource(organization, name, { synchronization, repository, directory }, number),
    ]);
    await workQueue.send([workItem.message]);
    moved.push({ ...one, directory });
  }
  return moved;
}
