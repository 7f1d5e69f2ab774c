/**
 * What a forge gave until a certain time ends by itself, also while the forge cannot be read: views are decided again when that time has come. Each
 * whole scope keeps when its next right ends.
 */
import { nextExpiry } from '../../domain/breadth.ts';
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import { type AnyScope, isPart, kindsOf, type ScopeLayout, type ScopeName } from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { equal } from '../../store/condition.ts';
import { loadScope } from '../../store/fact-store.ts';
import type { ScopeState } from '../../store/scope-store.ts';
import { concernOfEverybody } from '../plan/concern.ts';
import type { FinishedReading } from '../plan/decide.ts';
import type { RunScopesDependencies } from './run.ts';
import type { TakenScope } from './take-scopes.ts';

/**
 * When the next right of a whole scope ends, after a read of it or of a part. One that has ended meanwhile stays until `reviewExpiries` saw it.
 */
export function nextExpiryAfter(
  layout: ScopeLayout,
  list: ScopeName,
  states: ReadonlyMap<AnyScope, Pick<ScopeState, 'nextExpiryAt'>>,
  { read, startedAt }: Pick<FinishedReading, 'read' | 'startedAt'>,
): number | undefined {
  const kinds = kindsOf(layout, list);
  const facts = read.facts.filter(({ kind }) => kinds.includes(kind));
  const times = [states.get(list)?.nextExpiryAt, nextExpiry(facts, startedAt)].filter(
    (at) => at !== undefined,
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Has the views of everybody decided again if a right has ended since. Most forges have none that end, and then nothing is read or written. */
export async function reviewExpiries(
  { table, waker, clock }: Pick<RunScopesDependencies, 'table' | 'waker' | 'clock'>,
  synchronization: Synchronization,
  traits: ForgeTraits,
  taken: readonly TakenScope[],
): Promise<void> {
  const now = clock.now();
  for (const { scope, lease, state } of taken) {
    if (isPart(scope) || state.nextExpiryAt === undefined || state.nextExpiryAt > now) {
      continue;
    }
    const { facts } = await loadScope(table, synchronization.id, traits.scopes, scope);
    const nextExpiryAt = nextExpiry(
      facts.map(({ fact }) => fact),
      now,
    );
    const { operations, raised } = concernOfEverybody(synchronization, now);
    const own = {
      update: { key: lease.thing.key, set: { nextExpiryAt } },
      when: equal('leaseId', lease.leaseId),
    };
    await table.transact([own, ...operations]);
    await waker.wake(raised.map((thing) => thing.wake));
  }
}
