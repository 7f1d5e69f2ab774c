/** Decides what a complete read changes, what is held and what is deferred, from the read and everything known about it. Pure. */
import type { Claim } from '../../domain/claim.ts';
import { type Fact, factKey, type Handle } from '../../domain/facts.ts';
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import { type AnyScope, isPart, type PartScope, partOf, traitsIn } from '../../domain/scopes.ts';
import type { Caution } from '../../domain/synchronization.ts';
import type { Absence, ScopeRead } from '../../forge/forge.ts';
import type { Expectation } from '../../store/claim-store.ts';
import type { StoredScope } from '../../store/fact-store.ts';
import { newerParts, type ScopeState } from '../../store/scope-store.ts';
import type { Confirmed } from './confirm.ts';
import type { EventReports, Known } from './load.ts';
import { isUnproven, type Missing } from './missing.ts';
import { isOrphaned, isReferenceAskedFor, type References } from './orphans.ts';
import { type PlanInput, type PlannedChange, planScope, type Recheck, withEvidence } from './plan.ts';
import { guardRemovals } from './removal-guard.ts';

/** A complete read of a scope. */
export interface FinishedReading {
  readonly read: ScopeRead;
  readonly observedAt: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface PlannedRead {
  readonly changes: readonly PlannedChange[];
  /** Removals that wait for an owner's decision. */
  readonly held: readonly PlannedChange[];
  readonly deferred: readonly Recheck[];
  readonly doubtful: readonly Recheck[];
  /** Parts that are missing from their list but exist, with their handles: the list read decides nothing about them. */
  readonly overlooked: ReadonlyMap<PartScope, Handle | undefined>;
  /** Parts that are missing from their list and were not found by id either, with the reason. */
  readonly absent: ReadonlyMap<PartScope, Absence>;
  /** What the forge does not find, and for how long it did not. */
  readonly missing: Missing;
  /** Claims that the read showed to be wrong. */
  readonly contradicted: readonly Claim[];
  /** The states of scopes and parts that the plan was made with. */
  readonly states: ReadonlyMap<AnyScope, ScopeState>;
}

/** What is known about a read before the forge is asked a second time. */
export interface ReadInput {
  readonly traits: ForgeTraits;
  readonly scope: AnyScope;
  readonly reading: FinishedReading;
  readonly reports: EventReports;
  readonly known: Known;
  /** When the plan is made; milliseconds since the epoch. */
  readonly now: number;
}

export interface DecisionInput extends ReadInput {
  readonly caution: Caution;
  readonly confirmed: Confirmed;
  readonly missing: Missing;
  /** The parents of rows that the guard would hold. Undefined while they are not loaded: then all those rows are held. */
  readonly references?: References | undefined;
  /** Keys of stored facts that another plan of the run removes. */
  readonly gone: ReadonlySet<string>;
}

const dayMs = 24 * 3600_000;
/** How long rows are deferred for a read of their parent that was requested at the same time. */
const referenceMs = 60_000;

/** What the read would change if it needed no confirmation. @throws ForgeError `incomplete` as `planScope` */
export const candidates = (input: ReadInput): readonly PlannedChange[] =>
  planScope(planInputOf(input)).changes;

/** @throws ForgeError `incomplete` as `planScope` */
export function decide(input: DecisionInput): PlannedRead {
  const { known, confirmed, missing, references, reading } = input;
  const { states, held: before } = known;
  const plan = planScope({ ...planInputOf(input), confirmedAbsent: confirmed.absent });
  const changes = plan.changes
    // What is added or changed was not missing: a second read that has it agrees.
    .filter(({ kind, fact }) => kind !== 'remove' || !isPresentOnForge(fact, confirmed))
    .filter(({ kind, fact }) => kind !== 'remove' || !isUnproven(fact, missing))
    .filter(({ kind }) => kind !== 'remove' || !isKept(input))
    .map((change) => withOwnerDecision(change, input));
  let guarded = guard(changes, input);
  if (references !== undefined) {
    const orphaned = orphansIn(guarded.held, references, input);
    guarded = guard(
      changes.map((change) => (orphaned.has(change) ? withEvidence(change, 'orphaned') : change)),
      input,
    );
  }
  // Removals that already wait for an owner, or were refused, are not deferred.
  const isKnown = (key: string): boolean => before.waiting.has(key) || before.refused.has(key);
  const tooEarly = guarded.held.filter(
    ({ fact }) =>
      references !== undefined &&
      !isKnown(factKey(fact)) &&
      isReferenceAskedFor(input.traits.scopes, input.scope, fact, states),
  );
  const until = reading.startedAt + referenceMs;
  return {
    changes: guarded.changes,
    held: guarded.held.filter((change) => !tooEarly.includes(change)),
    deferred: [...plan.deferred, ...tooEarly.map(({ fact }) => ({ key: factKey(fact), until }))],
    doubtful: plan.doubtful,
    contradicted: plan.contradicted,
    overlooked: confirmed.present,
    absent: new Map([...confirmed.absent].filter(([part]) => !missing.unproven.has(part))),
    missing,
    states,
  };
}

function planInputOf({
  traits,
  scope,
  reading,
  reports: { expectations, claims },
  known,
  now,
}: ReadInput): PlanInput {
  const { read, observedAt, startedAt } = reading;
  const { states, stored, putBack } = known;
  // If the read itself shows a parent, an event that it is gone does not explain why its rows are missing.
  const shown = new Set(read.facts.map(factKey));
  const goneByEvents = [...expectations, ...claims].filter(
    ({ key, expect }) => expect === 'gone' && !shown.has(key),
  );
  return {
    traits,
    scope,
    current: stored.facts,
    removed: stored.removed,
    read,
    observedAt,
    startedAt,
    newer: isPart(scope) ? new Map<PartScope, number>() : newerParts(states, observedAt),
    now,
    goneByEvents: new Set(goneByEvents.map(({ key }) => key)),
    claims,
    arrivals: arrivalsIn(expectations),
    putBack,
  };
}

/** What new events added, with their numbers. */
const arrivalsIn = (expectations: readonly Expectation[]): ReadonlyMap<string, number> =>
  new Map(
    expectations.flatMap(({ key, expect, number }) =>
      number !== undefined && (expect === 'there' || expect === 'public') ? [[key, number] as const] : [],
    ),
  );

/** Whether a second answer of the forge showed the fact, or the part that it belongs to. */
function isPresentOnForge(fact: Fact, { present, seenAgain }: Confirmed): boolean {
  const part = partOf(fact);
  return seenAgain.has(factKey(fact)) || (part !== undefined && present.has(part));
}

/** Adds to a removal that an owner approved it, or did not answer for too long. */
function withOwnerDecision(
  change: PlannedChange,
  { scope, reading: { read, startedAt }, known: { held, states }, caution }: DecisionInput,
): PlannedChange {
  const key = factKey(change.fact);
  if (held.allowed.has(key)) {
    return withEvidence(change, 'owner');
  }
  const isOver = isHiddenTooLong(caution, read, startedAt, states.get(scope));
  return isOver && !held.refused.has(key) ? withEvidence(change, 'silence') : change;
}

/** Whether the forge hides a list on which no right depends. */
function isKept({ traits, scope, reading: { read } }: DecisionInput): boolean {
  return (
    read.hiddenReason !== undefined && !isPart(scope) && traitsIn(traits.scopes, scope)?.isShownOnly === true
  );
}

/** Whether the scope has been hidden for as long as access lasts when nothing can be read. */
function isHiddenTooLong(
  { suspendAfterDays }: Caution,
  { hiddenReason }: ScopeRead,
  startedAt: number,
  state: ScopeState | undefined,
): boolean {
  return (
    hiddenReason !== undefined &&
    startedAt - (state?.notShown?.since ?? startedAt) >= suspendAfterDays * dayMs
  );
}

function guard(
  changes: readonly PlannedChange[],
  { reading: { read, startedAt }, known: { stored, held }, caution }: DecisionInput,
) {
  // What the forge hides may still exist, so every removal waits for an owner.
  const setting = read.hiddenReason === undefined ? caution : { heldShare: 0, heldAbove: 0 };
  return guardRemovals(changes, stored.facts, setting, {
    ...held,
    missed: missedWithinADay(stored, startedAt),
  });
}

/** Tombstones stay for longer than a day, until the table cleans up. */
const missedWithinADay = ({ removed }: StoredScope, now: number): readonly Fact[] =>
  [...removed.values()].flatMap(({ missed, changedAt }) =>
    missed !== undefined && changedAt > now - dayMs ? [missed] : [],
  );

function orphansIn(
  held: readonly PlannedChange[],
  references: References,
  { traits, scope, known: { states, stored }, gone }: DecisionInput,
): ReadonlySet<PlannedChange> {
  const numbers = new Map(stored.facts.map((one) => [factKey(one.fact), one.observedAt]));
  const shownBy = (fact: Fact): number =>
    Math.max(
      numbers.get(factKey(fact)) ?? 0,
      ...[scope, partOf(fact) ?? scope].map((one) => states.get(one)?.readAt ?? 0),
    );
  return new Set(held.filter(({ fact }) => isOrphaned(traits.scopes, fact, references, gone, shownBy)));
}
