/**
 * A forge's API lags behind its events: the read that a removal's event asked for may still show what is gone. Such a read is
 * repeated, so that the right ends within seconds of the API knowing, and not at the next reconcile.
 */
import { type Fact, factKey } from '../domain/facts.ts';
import { type AnyScope, isPart, type PartScope, wholeOf } from '../domain/scopes.ts';
import type { Told } from '../store/scope-store.ts';

/** Seconds after the event at which a read that contradicts it is repeated; after the last one the forge is believed. */
const looksAt = [5, 35, 155] as const;

/** Whether the fact of that key is read by a read of the scope. */
export function isWithin(key: string, scope: AnyScope, covers: readonly PartScope[]): boolean {
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
    : wholeOf(name as PartScope) === scope;
}

/** Whether what the event said shows in the read. */
export function agrees(told: Told, read: ReadonlyMap<string, Fact>): boolean {
  const fact = read.get(told.key);
  if (told.expect === 'there') {
    return fact !== undefined;
  }
  return (
    fact === undefined ||
    (told.expect === 'not-public' && fact.kind === 'repository' && fact.visibility !== 'public')
  );
}

/**
 * What becomes of the events' words after a read.
 *
 * @param startedAt when the read began; milliseconds since the epoch
 * @returns the ones that are settled, and when to look again for the first of the others
 */
export function settle(
  told: readonly Told[],
  facts: readonly Fact[],
  startedAt: number,
): { readonly settled: readonly Told[]; readonly lookAt: number | undefined } {
  const read = new Map(facts.map((fact) => [factKey(fact), fact]));
  const settled: Told[] = [];
  const looks: number[] = [];
  for (const one of told) {
    const next = agrees(one, read)
      ? undefined
      : looksAt.map((seconds) => one.at + seconds * 1000).find((at) => at > startedAt);
    if (next === undefined) {
      settled.push(one);
    } else {
      looks.push(next);
    }
  }
  return { settled, lookAt: looks.length === 0 ? undefined : Math.min(...looks) };
}
