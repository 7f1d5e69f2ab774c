/**
 * Compares a read with what events reported. A forge's API lags behind its events, so the read that an event requested may still
 * show the state before. Such a read is repeated, so that we follow within seconds of the API and not at the next reconcile.
 */
import type { ReadOrder } from '../../domain/claim.ts';
import { type Fact, factKey } from '../../domain/facts.ts';
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import { type AnyScope, isPart, kindsOf, type PartScope, type ScopeLayout } from '../../domain/scopes.ts';
import type { Expectation } from '../../store/claim-store.ts';

/**
 * When a read that contradicts an event is repeated, in milliseconds after the event. The last one begins late enough to know, so
 * the forge is believed.
 */
const recheckDelays = (lagMs: number): readonly number[] => [
  ...[5_000, 20_000, 60_000].filter((after) => after < lagMs),
  lagMs + 5_000,
];

/** Whether a read of the scope covers the fact with that key. */
export function isWithin(
  layout: ScopeLayout,
  key: string,
  scope: AnyScope,
  covers: readonly PartScope[],
): boolean {
  const [kind = '', ...ids] = key.split('#');
  const part: Readonly<Record<string, string>> = {
    member: `member:${ids[0]}`,
    team: `team:${ids[0]}`,
    'team-member': `team:${ids[1]}`,
    'team-repository': `team:${ids[0]}`,
    repository: `repository:${ids[0]}`,
    collaborator: `repository:${ids[1]}`,
  };
  const name = part[kind];
  if (name === undefined) {
    return false;
  }
  return isPart(scope)
    ? [scope, ...covers].some((one) => one === name)
    : kindsOf(layout, scope).some((one) => one === kind);
}

/** Whether the read agrees with the event. */
export function agrees(expectation: Expectation, read: ReadonlyMap<string, Fact>): boolean {
  const fact = read.get(expectation.key);
  const isPublic = fact?.kind === 'repository' && fact.visibility === 'public';
  switch (expectation.expect) {
    case 'there':
      return fact !== undefined;
    case 'public':
      return isPublic;
    case 'gone':
      return fact === undefined;
    case 'not-public':
      return !isPublic;
  }
}

/**
 * Sorts expectations after a read into those that are settled and those that need a recheck.
 *
 * @param order of the read; a read that began before a new event cannot agree with it
 * @returns the settled ones, and when to recheck for the first of the others
 */
export function settle(
  expectations: readonly Expectation[],
  facts: readonly Fact[],
  order: ReadOrder,
  { lagMs }: Pick<ForgeTraits, 'lagMs'>,
): { readonly settled: readonly Expectation[]; readonly recheckAt: number | undefined } {
  const read = new Map(facts.map((fact) => [factKey(fact), fact]));
  const settled: Expectation[] = [];
  const rechecks: number[] = [];
  for (const one of expectations) {
    const next =
      agrees(one, read) && order.number > (one.number ?? 0)
        ? undefined
        : recheckDelays(lagMs)
            .map((after) => one.at + after)
            .find((at) => at > order.startedAt);
    if (next === undefined) {
      settled.push(one);
    } else {
      rechecks.push(next);
    }
  }
  return { settled, recheckAt: rechecks.length === 0 ? undefined : Math.min(...rechecks) };
}
