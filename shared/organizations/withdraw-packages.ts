/** Withdraws many packages from clients, in portions. A repeated call continues where the last one ended. */
import type { SynchronizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { keys } from '../store/keys.ts';
import { packagesOf } from '../store/package-store.ts';
import { type Operation, transactionItemsMax } from '../store/table.ts';
import { requestWork } from '../store/work.ts';
import { grantsWork } from '../store/work-items.ts';
import { withdrawal } from './delete-package.ts';
import type { NarrowDependencies } from './narrow-refused.ts';

/** Operations for one package, and those that every transaction has in addition: the grants, and what the caller adds. */
const perPackage = 4;
const beside = 2;
const portion = Math.floor((transactionItemsMax - beside) / perPackage);

/**
 * @param of the synchronization whose packages are withdrawn; undefined: all packages
 * @param under a check for each transaction, such as that of a lease
 * @param until no portion begins after it; milliseconds since the epoch
 * @returns how many are left
 * @throws ConflictError when one of them changed meanwhile: then none of its portion was written
 */
export async function withdrawPackagesOf(
  { table, workQueue, clock }: NarrowDependencies,
  organization: Organization,
  of: SynchronizationId | undefined,
  under: readonly Operation[],
  until: number,
): Promise<number> {
  const { id } = organization;
  const notDeleted = (await packagesOf(table, id)).filter(
    (one) => one.state !== 'deleted' && (of === undefined || one.synchronization === of),
  );
  let left = notDeleted.length;
  for (let start = 0; start < notDeleted.length && clock.now() < until; start += portion) {
    const part = notDeleted.slice(start, start + portion);
    const names = await table.getMany(part.map(({ name }) => keys.packageName(id, name)));
    const grants = grantsWork(id);
    const withdrawn = part.map((one, place) =>
      withdrawal(organization, one, names[place]?.number === one.number, clock.now()),
    );
    await table.transact([
      ...under,
      requestWork(grants, clock.now()),
      ...withdrawn.flatMap(({ operations }) => operations),
    ]);
    left -= part.length;
    await workQueue.send([...withdrawn.flatMap(({ messages }) => messages), grants.message]);
  }
  return left;
}
