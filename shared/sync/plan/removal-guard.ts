/**
 * The removal guard: facts that are merely missing from a list are not removed if they are a large share of it. A list that the
 * forge cut short, or a credential that sees less than before, looks the same as people who left. All other changes are applied. Of a
 * scope that the forge hides every removal is held (decide.ts).
 */
import { type Fact, factKey, type StoredFact } from '../../domain/facts.ts';
import type { Caution } from '../../domain/synchronization.ts';
import { isMissing, type PlannedChange } from './plan.ts';

export interface GuardedRemovals {
  readonly changes: readonly PlannedChange[];
  /** Removals that wait for an owner's decision. */
  readonly held: readonly PlannedChange[];
}

export interface GuardHistory {
  /** Keys of facts whose removal already waits for an owner: it keeps waiting even if the list has grown since. */
  readonly waiting?: ReadonlySet<string>;
  /** Keys of facts whose removal an owner refused. */
  readonly refused?: ReadonlySet<string>;
  /**
   * Facts removed within a day because they were merely missing. They count too, so that a list that shrinks a little each time
   * is held in the end.
   */
  readonly missed?: readonly Fact[];
}

/**
 * Splits a plan's changes by whether the guard holds them. A removal that the forge confirmed passes at any size.
 *
 * @param current all that is stored of what was read
 */
export function guardRemovals(
  changes: readonly PlannedChange[],
  current: readonly StoredFact[],
  { heldShare, heldAbove }: Pick<Caution, 'heldShare' | 'heldAbove'>,
  { waiting = new Set(), refused = new Set(), missed = [] }: GuardHistory = {},
): GuardedRemovals {
  const sizes = count([...current.map(({ fact }) => fact), ...missed]);
  const questionable = changes.filter(isMissing).map(({ fact }) => fact);
  const missing = count([...questionable, ...missed]);
  const waits = questionable.filter((fact) => waiting.has(factKey(fact))).length > heldAbove;
  const isMuch = (list: string): boolean => {
    const gone = missing.get(list) ?? 0;
    return gone > heldAbove && gone > heldShare * (sizes.get(list) ?? 0);
  };
  const isHeld = (change: PlannedChange): boolean => {
    const key = factKey(change.fact);
    const isOpen = refused.has(key) || (waits && waiting.has(key)) || listsOf(change.fact).some(isMuch);
    return isMissing(change) && isOpen;
  };
  return {
    changes: changes.filter((change) => !isHeld(change)),
    held: changes.filter(isHeld),
  };
}

/** The lists that contain the fact: all of its kind, and those of its team, role or repository. */
function listsOf(fact: Fact): readonly string[] {
  switch (fact.kind) {
    case 'team-member':
    case 'team-repository':
      return [fact.kind, `${fact.kind} of ${fact.team}`];
    case 'role-member':
    case 'role-team':
      return [fact.kind, `${fact.kind} of ${fact.role}`];
    case 'collaborator':
      return [fact.kind, `${fact.kind} of ${fact.repository}`];
    default:
      return [fact.kind];
  }
}

function count(facts: readonly Fact[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const list of facts.flatMap(listsOf)) {
    counts.set(list, (counts.get(list) ?? 0) + 1);
  }
  return counts;
}
