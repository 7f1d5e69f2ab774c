/** An owner's decision on held removals. */

import { CallerError } from '../domain/caller-error.ts';
import { isScope } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { Clock } from '../runtime/clock.ts';
import { decideHeld, findHeld } from '../store/scope-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { requestWork, type WorkQueue } from '../store/work.ts';
import { scopeWork } from '../store/work-items.ts';
import { type Accountable, causeOf, ownerAct } from './owner-act.ts';

export interface DecideRemovalsDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface RemovalsDecision {
  readonly scope: string;
  /** `yes`: the next complete read applies them. `no`: they stay held, and raise no alarm again. */
  readonly decision: 'yes' | 'no';
  /** The digest that was shown with the removals: identifies what is decided on. */
  readonly shown: string;
}

export interface DecidedRemovals {
  readonly scope: string;
  readonly count: number;
  readonly decision: 'yes' | 'no';
  /** ISO 8601; `synchronizationProgress` takes it after a yes. */
  readonly decidedAt: string;
}

/**
 * Stores the decision; after a yes the scope is read again at once.
 *
 * @throws CallerError when the scope has no held removals, or others than those shown
 */
export async function decideRemovals(
  dependencies: DecideRemovalsDependencies,
  { organization, id }: Synchronization,
  { scope, decision, shown }: RemovalsDecision,
  accountable: Accountable,
): Promise<DecidedRemovals> {
  const { table, workQueue, clock } = dependencies;
  if (!isScope(scope)) {
    throw new CallerError(
      'not-found',
      `unknown scope ${scope}; run removals without a scope to list held removals`,
    );
  }
  const held = await findHeld(table, id, scope);
  if (held === undefined) {
    throw new CallerError(
      'not-found',
      `no removals of ${scope} are held; run removals without a scope to list held removals`,
    );
  }
  const at = clock.now();
  const workItem = scopeWork(organization, id, scope);
  const messages = decision === 'yes' ? [workItem.message] : [];
  try {
    await table.transact([
      decideHeld(id, { scope, digest: shown }, decision, at),
      ...(decision === 'yes'
        ? [requestWork(workItem, at, { cause: `${causeOf(accountable)} allowed removals` })]
        : []),
      ownerAct(dependencies, organization, accountable, 'decide-removals', scope, {
        after: { decision, digest: shown, count: held.count },
      }),
    ]);
  } catch (error) {
    if (error instanceof ConflictError && (await findHeld(table, id, scope))?.digest !== shown) {
      throw new CallerError(
        'conflict',
        `the held removals of ${scope} have changed since ${shown} was shown; run removals without a scope to see them`,
      );
    }
    throw error;
  }
  await workQueue.send(messages);
  return { scope, count: held.count, decision, decidedAt: new Date(at).toISOString() };
}
