/** When the next right of a whole scope ends by itself, kept on the scope: schedule/review-expiries.ts looks at it. */
import { nextExpiry } from '../../domain/breadth.ts';
import type { Fact } from '../../domain/facts.ts';
import { type AnyScope, kindsOf, type ScopeLayout, type ScopeName } from '../../domain/scopes.ts';
import type { ScopeState } from '../../store/scope-store.ts';

/**
 * When the next right of a whole scope ends, after these facts of it were written. One that has ended meanwhile stays until `reviewExpiries` saw
 * it.
 *
 * @param startedAt when the read of them began; milliseconds since the epoch, undefined if nobody knows
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
