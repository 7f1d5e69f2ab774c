/**
 * A forge's API lags behind its events: the read that a removal's event asked for may still show what is gone. Such a read is
 * repeated, so that the right ends within seconds of the API knowing, and not at the next reconcile.
 */
import { all, equal } from '../store/condition.ts';
import { parseScope } from '../store/synchronization-store.ts';
import { ConflictError, type Item, type Table } from '../store/table.ts';
import { type Lease, raise, type WorkThing } from '../store/work.ts';

/** Seconds between a whole read that shows nothing new and the next one. */
const recheckSeconds = [5, 30, 120] as const;

/** Attributes that a removal's event sets on the scope's item. */
export const removalTold: Item = { removalTold: true, rechecks: 0, recheckAt: undefined };

/**
 * Notes, under the lease and before the work is completed, whether the scope has to be looked at again.
 *
 * @param now milliseconds since the epoch
 * @returns in how many seconds; undefined: no need
 */
export async function planRecheck(
  table: Table,
  lease: Lease,
  { changed, now }: { readonly changed: boolean; readonly now: number },
): Promise<number | undefined> {
  const state = parseScope(lease.item);
  if (!state.removalTold) {
    return undefined;
  }
  const seconds = changed ? undefined : recheckSeconds[state.rechecks];
  try {
    await table.update(
      {
        key: lease.thing.key,
        set:
          seconds === undefined
            ? { removalTold: undefined, rechecks: undefined }
            : { rechecks: state.rechecks + 1, recheckAt: now + seconds * 1000 },
      },
      all(equal('leaseId', lease.leaseId), equal('wanted', lease.wanted)),
    );
    return seconds;
  } catch (error) {
    if (error instanceof ConflictError) {
      // Asked for again meanwhile, so it is read again anyway.
      return undefined;
    }
    throw error;
  }
}

/** Asks for the read that is due by now, if there is one. @param now milliseconds since the epoch */
export async function raiseDueRecheck(table: Table, thing: WorkThing, now: number): Promise<boolean> {
  const item = await table.get(thing.key);
  const { recheckAt } = item === undefined ? {} : parseScope(item);
  if (recheckAt === undefined || recheckAt > now) {
    return false;
  }
  await table.transact([raise(thing, now, { cause: 'looked too early', recheckAt: undefined })]);
  return true;
}
