/** An owner says what goes into the metadata of the organization's packages. */
import type { Organization, PublishingSettings } from '../domain/organization.ts';
import type { Clock } from '../runtime/clock.ts';
import { findPublishingSettings, setPublishingSettings } from '../store/organization-store.ts';
import type { Table } from '../store/table.ts';
import { packagesThing } from '../store/things.ts';
import { raise, type Waker } from '../store/work.ts';

export interface SetPublishingDependencies {
  readonly table: Table;
  readonly waker: Waker;
  readonly clock: Clock;
}

/**
 * Changes what is given, and has the files of every package written again.
 *
 * @returns what goes in now
 */
export async function changePublishing(
  { table, waker, clock }: SetPublishingDependencies,
  { id }: Pick<Organization, 'id'>,
  changes: Partial<PublishingSettings>,
): Promise<PublishingSettings> {
  if (Object.keys(changes).length > 0) {
    const thing = packagesThing(id);
    await table.transact([setPublishingSettings(id, changes), raise(thing, clock.now())]);
    await waker.wake([thing.wake]);
  }
  return findPublishingSettings(table, id);
}
