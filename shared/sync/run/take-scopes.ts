/** Which scopes one run reads: the one that its message names, and whatever else is asked for and free, since one pair of probes serves all. */

import {
  type AnyScope,
  byPlanning,
  isPart,
  kindsOf,
  listsOf,
  namesIn,
  type ScopeLayout,
  type ScopeName,
} from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import type { Clock } from '../../runtime/clock.ts';
import { leaseMsOf } from '../../runtime/time-limits.ts';
import { parseScope, type ScopeState, scopeStates } from '../../store/scope-store.ts';
import type { Table } from '../../store/table.ts';
import { type Lease, requestWork, takeLease } from '../../store/work.ts';
import { scopeWork } from '../../store/work-items.ts';

export interface TakeScopesDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly newLeaseId: () => string;
}

export interface TakenScope {
  readonly scope: AnyScope;
  readonly lease: Lease;
  readonly state: ScopeState;
  /**
   * The whole scope whose read serves this part too: so many parts are asked for that the list is cheaper. Of several lists that have something of
   * the part the one that is applied last.
   */
  readonly servedBy: ScopeName | undefined;
}

export const leaseMs = leaseMsOf('sync-organization');
/** Parts of one list that are read by themselves; more are a reading of the list. */
export const partsMax = 10;

/** @returns nothing when the named scope has nothing to do or is none of the forge, or another worker is at it */
export async function takeScopes(
  dependencies: TakeScopesDependencies,
  synchronization: Synchronization,
  layout: ScopeLayout,
  named: AnyScope,
): Promise<readonly TakenScope[]> {
  const { table, clock } = dependencies;
  const first = isRead(layout, named) ? await takeNamed(dependencies, synchronization, named) : undefined;
  if (first === undefined) {
    return [];
  }
  const taken: TakenScope[] = [first];
  const states = await scopeStates(table, synchronization.id);
  const wanted = [...states]
    .filter(([scope, state]) => scope !== named && isRead(layout, scope) && isDue(state, clock.now()))
    .map(([scope]) => scope);
  const parts = [...wanted, named].filter(isPart);
  const crowded = namesIn(layout).filter(
    (whole) => parts.filter((part) => listsOf(layout, part).includes(whole)).length > partsMax,
  );
  for (const scope of wanted) {
    const one = await take(dependencies, synchronization, scope);
    if (one !== undefined) {
      taken.push(one);
    }
  }
  for (const whole of crowded.filter((scope) => !taken.some((one) => one.scope === scope))) {
    const workItem = scopeWork(synchronization.organization, synchronization.id, whole);
    await table.transact([requestWork(workItem, clock.now(), { cause: 'many parts of it' })]);
    const one = await take(dependencies, synchronization, whole);
    if (one !== undefined) {
      taken.push(one);
    }
  }
  // A part is served by the list only if this very run reads the list: a reading that began earlier knows nothing of it.
  const lists = crowded.filter((whole) =>
    taken.some((one) => one.scope === whole && one.state.reading === undefined),
  );
  return taken.map((one) => {
    const wholes = isPart(one.scope) ? listsOf(layout, one.scope) : [];
    const servedBy = wholes.every((whole) => lists.includes(whole))
      ? wholes.toSorted(byPlanning(layout)).at(-1)
      : undefined;
    return servedBy === undefined ? one : { ...one, servedBy };
  });
}

/** The scope that the message names; or one that is to be looked at again by now, although nobody asked. */
async function takeNamed(
  dependencies: TakeScopesDependencies,
  synchronization: Synchronization,
  scope: AnyScope,
): Promise<TakenScope | undefined> {
  const { table, clock } = dependencies;
  const taken = await take(dependencies, synchronization, scope);
  if (taken !== undefined) {
    return taken;
  }
  const workItem = scopeWork(synchronization.organization, synchronization.id, scope);
  const item = await table.get(workItem.key);
  const state = item && parseScope(item);
  const isIdle = state !== undefined && state.wanted === state.done;
  if (!isIdle || state.recheckAt === undefined || state.recheckAt > clock.now()) {
    return undefined;
  }
  await table.transact([
    requestWork(workItem, clock.now(), { cause: 'looked too early', recheckAt: undefined }),
  ]);
  return take(dependencies, synchronization, scope);
}

async function take(
  { table, clock, newLeaseId }: TakeScopesDependencies,
  { organization, id }: Synchronization,
  scope: AnyScope,
): Promise<TakenScope | undefined> {
  const lease = await takeLease(table, scopeWork(organization, id, scope), {
    leaseId: newLeaseId(),
    now: clock.now(),
    leaseMs,
  });
  return lease === 'idle' || lease === 'busy'
    ? undefined
    : { scope, lease, state: parseScope(lease.item), servedBy: undefined };
}

const isDue = (state: ScopeState, now: number): boolean =>
  state.wanted !== state.done && state.leaseUntil < now;

/** The forge has it; of its parts those whose list it has. */
const isRead = (layout: ScopeLayout, scope: AnyScope): boolean =>
  kindsOf(layout, scope).some((kind) => layout.some(({ kinds }) => kinds.includes(kind)));
