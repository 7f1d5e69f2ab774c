/**
 * Takes the leases of the scopes that one run reads: the one that its message names, and all other requested scopes
 * that are free, since one pair of probes serves all.
 */

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
   * The list whose read serves this part too, because so many parts are requested that the list is cheaper. Of
   * several lists with rows of the part, the one that is applied last.
   */
  readonly servedBy: ScopeName | undefined;
}

export const leaseMs = leaseMsOf('sync-organization');
/** Parts of one list that are read one by one; for more, the list is read instead. */
export const partsMax = 10;

/** @returns nothing when the named scope is idle or unknown to the forge, or another worker has its lease */
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
    await table.transact([requestWork(workItem, clock.now(), { cause: 'many of its parts' })]);
    const one = await take(dependencies, synchronization, whole);
    if (one !== undefined) {
      taken.push(one);
    }
  }
  // A list serves a part only if this very run starts reading it: a read that began earlier is too old for the part.
  const lists = crowded.filter((whole) =>
    taken.some((one) => one.scope === whole && one.state.reading === undefined),
  );
  return taken.map((one) => {
    const listsOfPart = isPart(one.scope) ? listsOf(layout, one.scope) : [];
    const servedBy = listsOfPart.every((whole) => lists.includes(whole))
      ? listsOfPart.toSorted(byPlanning(layout)).at(-1)
      : undefined;
    return servedBy === undefined ? one : { ...one, servedBy };
  });
}

/** The scope that the message names, if it is requested or its recheck is due. */
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
    requestWork(workItem, clock.now(), { cause: 'read too early', recheckAt: undefined }),
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

/** Whether the forge has the scope; a part, whether the forge has its list. */
const isRead = (layout: ScopeLayout, scope: AnyScope): boolean =>
  kindsOf(layout, scope).some((kind) => layout.some(({ kinds }) => kinds.includes(kind)));
