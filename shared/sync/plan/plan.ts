/**
 * What a whole read of a scope changes: pure, so that a dry run shows what a run would do, and the history keeps why.
 */
import { compareBreadth, hasExpired, narrowerOf } from '../../domain/breadth.ts';
import type { FactChange } from '../../domain/change.ts';
import {
  type Claim,
  covers,
  decides,
  isWithdrawn,
  type Withdrawals,
  withheldUntil,
} from '../../domain/claim.ts';
import { type Evidence, hasConfirmation } from '../../domain/evidence.ts';
import {
  type Fact,
  factKey,
  inheritedKey,
  isInherited,
  type StoredFact,
  type Tombstone,
} from '../../domain/facts.ts';
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import {
  type AnyScope,
  isPart,
  kindsOf,
  mainKeyOf,
  memberPart,
  type PartScope,
  partOf,
  type ScopeLayout,
} from '../../domain/scopes.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { ScopeRead } from '../../forge/forge.ts';
import { sameFact } from './fact-differences.ts';

export type PlannedChange = {
  /** Somebody may read less after it. */
  readonly narrows: boolean;
  /** Somebody may read more after it. */
  readonly widens: boolean;
  readonly evidence: readonly Evidence[];
  /** Only this read says so, and it may lag behind what gave it: it is looked at again. */
  readonly inDoubt?: boolean | undefined;
} & (
  | { readonly kind: 'add'; readonly fact: Fact }
  | { readonly kind: 'update'; readonly fact: Fact; readonly before: Fact }
  /** An event had withdrawn it, and it gives what it gave again. */
  | { readonly kind: 'return'; readonly fact: Fact }
  /** `fact` is the one that goes. */
  | { readonly kind: 'remove'; readonly fact: Fact }
);

export interface PlanInput {
  readonly traits: Pick<ForgeTraits, 'scopes' | 'lagMs'>;
  readonly scope: AnyScope;
  readonly current: readonly StoredFact[];
  /** What was removed within a day, by the fact's key. */
  readonly removed?: ReadonlyMap<string, Tombstone>;
  /** All that the read saw. */
  readonly read: Pick<ScopeRead, 'facts'> & Partial<ScopeRead>;
  /** The read's number. */
  readonly observedAt: number;
  /** When the read began, in milliseconds since the epoch: what it shows may be older by the forge's lag, and no more. */
  readonly startedAt: number;
  /** Numbers of later reads of parts, by part: for a read of a whole list. */
  readonly newer?: ReadonlyMap<PartScope, number>;
  /** When the plan is made, in milliseconds since the epoch; `startedAt` if left out. */
  readonly now?: number;
  /** What events said is gone. */
  readonly goneByEvents?: ReadonlySet<string>;
  /** What new events withdrew, … */
  readonly claims?: readonly Claim[];
  /** … and what they gave: their numbers, by the keys of facts. */
  readonly arrivals?: ReadonlyMap<string, number>;
  /** Keys of removed facts that a person asked back: no lag is feared for them. */
  readonly putBack?: ReadonlySet<string>;
  /** Parts that the forge did not show when it was asked for them by their ids. */
  readonly confirmedAbsent?: Pick<ReadonlySet<PartScope>, 'has'>;
}

/** A right that has to wait: it was withdrawn too little time ago for this read to know. */
export interface Deferred {
  readonly key: string;
  /** A read that begins after it knows; milliseconds since the epoch. */
  readonly until: number;
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  readonly deferred: readonly Deferred[];
  /**
   * What has to be read once more, since this read may show what was: what came back on a person's word, and what was taken by a read alone.
   */
  readonly doubtful: readonly Deferred[];
  /** Claims that were wrong: the fact was there all the time. */
  readonly contradicted: readonly Claim[];
}

/**
 * The changes that make the stored scope equal to the read, narrowings first: then whoever reads between two of them sees rights
 * that are no wider than those before or those after. What a later read wrote stays. What the read shows less is taken at once; what was
 * withdrawn is given back only by a read that can know (`withheldUntil`).
 *
 * @throws ForgeError `incomplete` when the read contradicts itself
 * @throws RangeError when the read has facts of another scope
 */
export function planScope(input: PlanInput): Plan {
  const { scope, current, read, observedAt, newer, traits } = input;
  const seen = indexRead(traits.scopes, scope, read.facts, read.covers ?? []);
  const changes: PlannedChange[] = [];
  const deferred: Deferred[] = [];
  const doubtful: Deferred[] = [];
  const known = new Set<string>();
  const isNewer = (fact: Fact, number: number): boolean => {
    const part = partOf(fact);
    return Math.max(number, (part && newer?.get(part)) ?? 0) >= observedAt;
  };
  for (const stored of current) {
    const key = factKey(stored.fact);
    known.add(key);
    if (isNewer(stored.fact, stored.observedAt)) {
      continue;
    }
    const fact = seen.get(key);
    const planned = fact === undefined ? planAbsent(stored, input) : planShown(stored, fact, input);
    changes.push(...planned.changes);
    deferred.push(...planned.waits.map((until) => ({ key, until })));
    doubtful.push(...planned.doubts.map((until) => ({ key, until })));
  }
  for (const [key, fact] of seen) {
    const tombstone = input.removed?.get(key);
    if (!known.has(key) && !isNewer(fact, tombstone?.observedAt ?? 0)) {
      const planned = planNew(fact, tombstone, input);
      changes.push(...planned.changes);
      deferred.push(...planned.waits.map((until) => ({ key, until })));
      doubtful.push(...planned.doubts.map((until) => ({ key, until })));
    }
  }
  for (const [key, tombstone] of input.removed ?? []) {
    if (!seen.has(key) && tombstone.inDoubt && !knows(input, tombstone.changedAt)) {
      doubtful.push({ key, until: tombstone.changedAt + traits.lagMs });
    }
  }
  return {
    changes: [...changes.filter((change) => change.narrows), ...changes.filter((change) => !change.narrows)],
    deferred,
    doubtful,
    contradicted: contradictedBy(seen, input),
  };
}

/** What becomes of one fact; the times are those at which to look again, in milliseconds since the epoch. */
interface PlannedFact {
  readonly changes: readonly PlannedChange[];
  readonly waits: readonly number[];
  readonly doubts: readonly number[];
}

/** Whether the read can know that what changed then has changed again. @param changedAt milliseconds since the epoch */
const knows = ({ startedAt, traits }: PlanInput, changedAt: number): boolean =>
  startedAt >= changedAt + traits.lagMs;

/** When a read begins that knows what this plan takes; milliseconds since the epoch. */
const laterThan = ({ now, startedAt, traits }: PlanInput): number => (now ?? startedAt) + traits.lagMs;

const withdrawalsOf = (
  { claims = [], arrivals = new Map() }: PlanInput,
  taken: Withdrawals['taken'],
): Withdrawals => ({ claims, arrivals, taken });

const orderOf = ({ observedAt, startedAt }: PlanInput) => ({ number: observedAt, startedAt });

/**
 * The read does not have it. Taken at once, however fresh; but if only this read says so, it is looked at again when a read can know: it may have been
 * given a moment ago. What the forge states when asked for it is doubted only where we know that it was.
 */
function planAbsent(stored: StoredFact, input: PlanInput): PlannedFact {
  const change = removalOf(stored.fact, input);
  // What a hint tells may be long over: the read that it causes may show what was between that and the return.
  const isHinted = isGoneByEvents(stored.fact, input.goneByEvents);
  const isDoubted =
    presenceGrants(stored.fact) &&
    !isClaimed(stored, input) &&
    (isHinted || !isConfirmed(stored.fact, input) || !knows(input, stored.changedAt));
  return {
    changes: [isDoubted ? { ...change, inDoubt: true } : change],
    waits: [],
    doubts: isDoubted ? [laterThan(input)] : [],
  };
}

/** The read has it, perhaps with a difference. */
function planShown(stored: StoredFact, fact: Fact, input: PlanInput): PlannedFact {
  const order = orderOf(input);
  const isTaken = isClaimed(stored, input);
  const isSame = sameFact(fact, stored.fact);
  const stillInDoubt =
    stored.inDoubt && !knows(input, stored.changedAt) ? [stored.changedAt + input.traits.lagMs] : [];
  const whole = updateOf(stored.fact, fact);
  const taken = whole.widens ? { number: stored.observedAt, at: stored.changedAt } : undefined;
  const until =
    isTaken || whole.widens
      ? withheldUntil(fact, order, withdrawalsOf(input, taken), input.traits)
      : undefined;
  if (until !== undefined) {
    // What is narrower about it, and what gives nothing, follows at once.
    const narrowed = updateOf(stored.fact, narrowerOf(stored.fact, fact));
    const isChanged = !sameFact(narrowed.fact, stored.fact);
    return { changes: isChanged ? [narrowed] : [], waits: [until], doubts: stillInDoubt };
  }
  if (isSame) {
    const back: PlannedChange = {
      kind: 'return',
      fact,
      narrows: false,
      widens: true,
      evidence: ['read'],
    };
    return { changes: isTaken ? [back] : [], waits: [], doubts: stillInDoubt };
  }
  const isDoubted = whole.narrows && !isTaken && !knows(input, stored.changedAt);
  const change = { ...whole, widens: whole.widens || isTaken };
  return {
    changes: [isDoubted ? { ...change, inDoubt: true } : change],
    waits: [],
    doubts: isDoubted ? [laterThan(input)] : stillInDoubt,
  };
}

/** The read has it, and it is not stored. */
function planNew(fact: Fact, tombstone: Tombstone | undefined, input: PlanInput): PlannedFact {
  const taken = tombstone && { number: tombstone.observedAt, at: tombstone.changedAt };
  const until = withheldUntil(fact, orderOf(input), withdrawalsOf(input, taken), input.traits);
  const isAskedBack = input.putBack?.has(factKey(fact)) === true;
  if (until !== undefined && !isAskedBack) {
    return { changes: [], waits: [until], doubts: [] };
  }
  return {
    changes: [
      {
        kind: 'add',
        fact,
        narrows: false,
        widens: presenceGrants(fact),
        evidence: isAskedBack ? ['owner', 'read'] : ['read'],
      },
    ],
    waits: [],
    doubts: until === undefined ? [] : [input.startedAt + input.traits.lagMs],
  };
}

/** What a claim had withdrawn all the time is there for a read that knows, and no event gave it back: the claim was wrong. */
function contradictedBy(seen: ReadonlyMap<string, Fact>, input: PlanInput): readonly Claim[] {
  const { claims = [], arrivals } = input;
  const stored = new Map(claims.length === 0 ? [] : input.current.map((one) => [factKey(one.fact), one]));
  return claims.filter((claim) => {
    const fact = seen.get(claim.key);
    const one = stored.get(claim.key);
    return (
      fact !== undefined &&
      covers(claim, fact) &&
      one !== undefined &&
      isWithdrawn([claim], one.fact, one.givenAt) &&
      decides(orderOf(input), claim, input.traits) &&
      (arrivals?.get(claim.key) ?? 0) < claim.number
    );
  });
}

/** Whether the forge states its absence, and not only a list. */
function isConfirmed(fact: Fact, { read, confirmedAbsent }: PlanInput): boolean {
  const part = partOf(fact);
  return read.absenceIsAuthoritative === true || (part !== undefined && confirmedAbsent?.has(part) === true);
}

/** Whether a new event withdrew it, and nothing gave it back since. */
const isClaimed = ({ fact, givenAt }: StoredFact, { claims = [] }: PlanInput): boolean =>
  isWithdrawn(claims, fact, givenAt);

/** Whether an event said that the fact is gone, or that what it hangs on is: a team, a repository, or the account's membership. */
function isGoneByEvents(fact: Fact, goneByEvents: ReadonlySet<string> | undefined): boolean {
  if (goneByEvents === undefined || goneByEvents.size === 0) {
    return false;
  }
  const part = partOf(fact);
  return (
    goneByEvents.has(factKey(fact)) ||
    (part !== undefined && goneByEvents.has(mainKeyOf(part))) ||
    ('account' in fact && goneByEvents.has(mainKeyOf(memberPart(fact.account)))) ||
    // What is taken from a team is taken from those that inherit it.
    (isInherited(fact) && goneByEvents.has(inheritedKey(fact)))
  );
}

function removalOf(fact: Fact, { read, goneByEvents, confirmedAbsent, startedAt }: PlanInput): PlannedChange {
  const part = partOf(fact);
  const evidence: Evidence[] = [read.hiddenReason === undefined ? 'list' : 'not-shown'];
  if (isGoneByEvents(fact, goneByEvents)) {
    evidence.push('event');
  }
  if (read.absenceIsAuthoritative) {
    evidence.push('own-read');
  }
  if (part !== undefined && confirmedAbsent?.has(part)) {
    evidence.push('look-up');
  }
  if ((fact.kind === 'role-member' || fact.kind === 'role-team') && read.powerless?.includes(fact.role)) {
    evidence.push('powerless-role');
  }
  if (hasExpired(fact, startedAt)) {
    evidence.push('expired');
  }
  return { kind: 'remove', fact, narrows: presenceGrants(fact), widens: false, evidence };
}

/** The change as the history keeps it. */
export function recordOf(change: PlannedChange): FactChange {
  const { kind, fact, evidence } = change;
  switch (kind) {
    case 'remove':
      return { kind, before: fact, evidence };
    case 'update':
      return { kind, before: change.before, after: fact, evidence };
    case 'add':
    case 'return':
      return { kind, after: fact, evidence };
  }
}

/** A removal for which only an absence speaks. */
export const isMissing = (change: PlannedChange): boolean =>
  change.kind === 'remove' && !hasConfirmation(change.evidence);

/** The removal with one more piece of evidence; any other change as it is. */
export const withEvidence = (change: PlannedChange, evidence: Evidence): PlannedChange =>
  change.kind === 'remove' ? { ...change, evidence: [...change.evidence, evidence] } : change;

function indexRead(
  layout: ScopeLayout,
  scope: AnyScope,
  read: readonly Fact[],
  covers: readonly PartScope[],
): ReadonlyMap<string, Fact> {
  const kinds: readonly string[] = kindsOf(layout, scope);
  const seen = new Map<string, Fact>();
  for (const fact of read) {
    const part = partOf(fact);
    if (isPart(scope) && (part === undefined || !covers.includes(part))) {
      throw new RangeError(`a fact of ${part ?? fact.kind} in a read of ${scope}`);
    }
    if (!kinds.includes(fact.kind)) {
      throw new RangeError(`a fact of the kind ${fact.kind} in a read of ${scope}`);
    }
    const key = factKey(fact);
    const twin = seen.get(key);
    // A list that moves under its reader shows one thing twice; shown twice with a difference, one of the two is old.
    if (twin !== undefined && !sameFact(twin, fact)) {
      throw new ForgeError('incomplete', `the read of ${scope} shows ${key} twice, with a difference`);
    }
    seen.set(key, fact);
  }
  if (scope === 'settings' && seen.size === 0) {
    throw new ForgeError('incomplete', 'the read of the settings is empty');
  }
  return seen;
}

/** Whether a right hangs on the fact being there. A team's own fact gives none but by its parent's roles, and a token may speak for it. */
function presenceGrants(fact: Fact): boolean {
  return fact.kind !== 'settings' || fact.membersRead;
}

const updateOf = (before: Fact, fact: Fact): Extract<PlannedChange, { kind: 'update' }> => ({
  kind: 'update',
  fact,
  before,
  ...compareBreadth(before, fact),
  evidence: ['read'],
});
