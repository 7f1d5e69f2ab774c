/**
 * What a forge gave until a certain time ends by itself, also while the forge cannot be read: views are decided again when that time has come. Each
 * whole scope keeps when its next right ends.
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
 * Has the views of everybody decided again if a right has ended since. From the table alone: it needs neither the forge, nor how the forge is
 * read, nor the lease of a scope, which nobody gets while a rate limit is waited for. Most forges have no rights that end; then it is one request.
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
  // Of all scopes, since which of them has which kinds is the forge's affair: looking once too often does no harm.
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
    // What was read meanwhile may end earlier: the next review looks at it.
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

/** The scope has the same next end, and nothing of it was read since. */
const asReviewed = ({ nextExpiryAt = 0, readAt, partsRead }: ScopeState): Condition =>
  all(
    equal('nextExpiryAt', nextExpiryAt),
    readAt === undefined ? missing('readAt') : equal('readAt', readAt),
    partsRead === 0 ? missing('partsRead') : equal('partsRead', partsRead),
  );
