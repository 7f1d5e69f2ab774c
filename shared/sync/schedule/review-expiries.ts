/**
 * Ends rights that a forge granted until a certain time, also while the forge cannot be read: when the time has come, views are
 * computed again. Each list stores when its next right expires.
 */
import { endingKinds, nextExpiry } from '../../domain/breadth.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import type { Clock } from '../../runtime/clock.ts';
import { all, type Condition, equal, missing } from '../../store/condition.ts';
import { loadFacts } from '../../store/fact-store.ts';
import { keys } from '../../store/keys.ts';
import { listStates, type ScopeState } from '../../store/scope-store.ts';
import { ConflictError, type Table } from '../../store/table.ts';
import { requestWork, type WorkQueue } from '../../store/work.ts';
import { grantsWork } from '../../store/work-items.ts';

/**
 * Requests everybody's views if a right has expired since the last review. It uses only the table: not the forge, not the forge's
 * traits, and not the lease of a scope, which is unavailable during a rate limit. Most forges have no rights that expire; then it
 * is one request.
 */
export async function reviewExpiries(
  {
    table,
    workQueue,
    clock,
  }: { readonly table: Table; readonly workQueue: WorkQueue; readonly clock: Clock },
  synchronization: Synchronization,
): Promise<void> {
  const now = clock.now();
  const { id } = synchronization;
  const ended = [...(await listStates(table, id))].filter(
    ([, { nextExpiryAt }]) => nextExpiryAt !== undefined && nextExpiryAt <= now,
  );
  if (ended.length === 0) {
    return;
  }
  const grants = grantsWork(synchronization.organization);
  await table.transact([requestWork(grants, now)]);
  await workQueue.send([grants.message]);
  // All lists are read, since which of them has which kinds depends on the forge: a superfluous review does no harm.
  const facts = await Promise.all(endingKinds.map((kind) => loadFacts(table, id, kind)));
  const nextExpiryAt = nextExpiry(facts.flat(), now);
  try {
    await table.transact(
      ended.map(([scope, state]) => ({
        update: { key: keys.scope(id, scope), set: { nextExpiryAt } },
        when: asReviewed(state),
      })),
    );
  } catch (error) {
    // A read meanwhile may have stored an earlier expiry: the next review handles it.
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

/** The scope still has this expiry, and nothing of it was read since. */
const asReviewed = ({ nextExpiryAt = 0, readAt, partsRead }: ScopeState): Condition =>
  all(
    equal('nextExpiryAt', nextExpiryAt),
    readAt === undefined ? missing('readAt') : equal('readAt', readAt),
    partsRead === 0 ? missing('partsRead') : equal('partsRead', partsRead),
  );
