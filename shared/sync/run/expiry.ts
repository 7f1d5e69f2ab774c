/** Computes when the next grant of a list expires. It is stored on the scope for schedule/review-expiries.ts. */
import { nextExpiry } from '../../domain/breadth.ts';
import type { Fact } from '../../domain/facts.ts';
import { type AnyScope, kindsOf, type ScopeLayout, type ScopeName } from '../../domain/scopes.ts';
import type { ScopeState } from '../../store/scope-store.ts';

/**
 * When the next grant of a list expires, once these facts of it are written. An expiry that has passed stays until
 * `reviewExpiries` has handled it.
 *
 * @param startedAt when the read of the facts began; milliseconds since the epoch, undefined if unknown
 */
export function nextExpiryAfter(
  layout: ScopeLayout,
  list: ScopeName,
  states: ReadonlyMap<AnyScope, Pick<ScopeState, 'nextExpiryAt'>>,
  facts: readonly Fact[],
  startedAt = 0,
): number | undefined {
  const kinds = kindsOf(layout, list);
  const ofList = facts.filter(({ kind }) => kinds.includes(kind));
  const times = [states.get(list)?.nextExpiryAt, nextExpiry(ofList, startedAt)].filter(
    (at) => at !== undefined,
  );
  return times.length === 0 ? undefined : Math.min(...times);
}
