/** Fan-out of work: requests work on every item of an owner, in batches, before the owner's own work is done. */
import { transactionItemsMax } from '../store/table.ts';
import { completeWork, leaseHeld, requestWork, type WorkItem } from '../store/work.ts';
import { type PublisherDependencies, publishUnderLease } from './publish-under-lease.ts';

/** @param things read under the owner's lease */
export function requestEach(
  dependencies: PublisherDependencies,
  owner: WorkItem,
  workItems: () => Promise<readonly WorkItem[]>,
): Promise<'done' | 'idle' | 'busy' | 'again'> {
  const { table, workQueue, clock } = dependencies;
  return publishUnderLease(dependencies, owner, async (lease): Promise<'done'> => {
    const all = await workItems();
    const batch = transactionItemsMax - 1;
    for (let start = 0; start < all.length; start += batch) {
      const part = all.slice(start, start + batch);
      await table.transact([leaseHeld(lease), ...part.map((one) => requestWork(one, clock.now()))]);
      await workQueue.send(part.map((one) => one.message));
    }
    if ((await completeWork(table, lease)) === 'more') {
      await workQueue.send([owner.message]);
    }
    return 'done';
  });
}
