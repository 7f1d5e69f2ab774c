/** Sets what the metadata of the organization's packages contains. */
import type { Organization, PublishingSettings } from '../domain/organization.ts';
import type { Clock } from '../runtime/clock.ts';
import { findPublishingSettings, setPublishingSettings } from '../store/organization-store.ts';
import type { Table } from '../store/table.ts';
import { requestWork, type WorkQueue } from '../store/work.ts';
import { packagesWork } from '../store/work-items.ts';

export interface SetPublishingDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

/**
 * Changes the given settings, and requests the files of every package again.
 *
 * @returns all settings after the change
 */
export async function changePublishing(
  { table, workQueue, clock }: SetPublishingDependencies,
  { id }: Pick<Organization, 'id'>,
  changes: Partial<PublishingSettings>,
): Promise<PublishingSettings> {
  if (Object.keys(changes).length > 0) {
    const workItem = packagesWork(id);
    await table.transact([setPublishingSettings(id, changes), requestWork(workItem, clock.now())]);
    await workQueue.send([workItem.message]);
  }
  return findPublishingSettings(table, id);
}
