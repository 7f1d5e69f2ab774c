/**
 * Plans what a complete read of a scope changes. Pure, so that a preview can show what a run would do. Each change carries its
 * evidence, for the history.
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
import { sameFact } from '../../domain/fact-differences.ts';
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

export type PlannedChange = {
  /** Whether somebody may read less after it. */
  readonly narrows: boolean;
  /** Whether somebody may read more after it. */
  readonly widens: boolean;
  readonly evidence: readonly Evidence[];
  /** Whether the change takes away something that may have been added too recently for this read to show it. It is rechecked. */
  readonly inDoubt?: boolean | undefined;
} & (
  | { readonly kind: 'add'; readonly fact: Fact }
  | { readonly kind: 'update'; readonly fact: Fact; readonly before: Fact }
  /** An event had withdrawn the fact, and it grants again what it granted. */
  | { readonly kind: 'return'; readonly fact: Fact }
  /** `fact` is the one that is removed. */
  | { readonly kind: 'remove'; readonly fact: Fact }
);

export interface PlanInput {
  readonly traits: Pick<ForgeTraits, 'scopes' | 'lagMs'>;
  readonly scope: AnyScope;
  readonly current: readonly StoredFact[];
  /** What was removed within a day, by the fact's key. */
  readonly removed?: ReadonlyMap<string, Tombstone>;
  /** What the read returned. */
  readonly read: Pick<ScopeRead, 'facts'> & Partial<ScopeRead>;
  /** The read's number. */
  readonly observedAt: number;
  /** When the read began, in milliseconds since the epoch: what it shows may be older by at most the forge's lag. */
  readonly startedAt: number;
  /** For a list read: numbers of later reads of parts, by part. */
  readonly newer?: ReadonlyMap<PartScope, number>;
  /** When the plan is made, in milliseconds since the epoch; `startedAt` if left out. */
  readonly now?: number;
  /** Keys of facts that events reported gone. */
  readonly goneByEvents?: ReadonlySet<string>;
  /** New events' claims. */
  readonly claims?: readonly Claim[];
  /** Numbers of new events that added facts, by the facts' keys. */
  readonly arrivals?: ReadonlyMap<string, number>;
  /** Keys of removed facts that an owner asked to restore: they are added in spite of the lag. */
  readonly putBack?: ReadonlySet<string>;
  /** Parts that the forge did not find when asked for them by id. */
  readonly confirmedAbsent?: Pick<ReadonlySet<PartScope>, 'has'>;
}

/** A fact to read again: this read may still show the state before its last change. */
export interface Recheck {
  readonly key: string;
  /** A read that begins after this time shows it; milliseconds since the epoch. */
  readonly until: number;
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  readonly deferred: readonly Recheck[];
  /**
   * Changes that are rechecked, since this read may show an old state: facts restored for an owner, and removals that only this
   * read reports.
   */
  readonly doubtful: readonly Recheck[];
  /** Claims that were wrong: the fact was there all the time. */
  readonly contradicted: readonly Claim[];
}

/**
 * Plans the changes that make the stored scope equal to the read. Withdrawals come first, so the rights in between are always a
 * subset of the old ones or of the new ones. What a later read wrote is left alone. Rights that the read no longer shows are
 * removed at once; withdrawn rights are given back only by a read that began late enough (`withheldUntil`).
 *
 * @throws ForgeError `incomplete` when the read contradicts itself
 * @throws RangeError when the read has facts of another scope
 */
export function planScope(input: PlanInput): Plan {
  const { scope, current, read, observedAt, newer, traits } = input;
  const seen = indexRead(traits.scopes, scope, read.facts, read.covers ?? []);
  const changes: PlannedChange[] = [];
  const deferred: Recheck[] = [];
  const doubtful: Recheck[] = [];
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
    const planned = fact === undefined ? planAbsent(stored, input) : planPresent(stored, fact, input);
    changes.push(...planned.changes);
    deferred.push(...planned.deferrals.map((until) => ({ key, until })));
    doubtful.push(...planned.rechecks.map((until) => ({ key, until })));
  }
  for (const [key, fact] of seen) {
    const tombstone = input.removed?.get(key);
    if (!known.has(key) && !isNewer(fact, tombstone?.observedAt ?? 0)) {
      const planned = planNew(fact, tombstone, input);
      changes.push(...planned.changes);
      deferred.push(...planned.deferrals.map((until) => ({ key, until })));
      doubtful.push(...planned.rechecks.map((until) => ({ key, until })));
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

/** The plan for one fact; times of rechecks are in milliseconds since the epoch. */
interface PlannedFact {
  readonly changes: readonly PlannedChange[];
  readonly deferrals: readonly number[];
  readonly rechecks: readonly number[];
}

/** Whether the read began late enough to show changes after that time. @param changedAt milliseconds since the epoch */
const knows = ({ startedAt, traits }: PlanInput, changedAt: number): boolean =>
  startedAt >= changedAt + traits.lagMs;

/** The earliest start of a read that can recheck what this plan removes; milliseconds since the epoch. */
const laterThan = ({ now, startedAt, traits }: PlanInput): number => (now ?? startedAt) + traits.lagMs;

const withdrawalsOf = (
  { claims = [], arrivals = new Map() }: PlanInput,
  taken: Withdrawals['taken'],
): Withdrawals => ({ claims, arrivals, taken });

const orderOf = ({ observedAt, startedAt }: PlanInput) => ({ number: observedAt, startedAt });

/**
 * Plans for a stored fact that the read does not have. It is removed at once, however fresh it is. If only this read says so, it
 * is rechecked, since the fact may have been added a moment ago. An absence that the forge confirmed is rechecked only for a
 * recent change.
 */
function planAbsent(stored: StoredFact, input: PlanInput): PlannedFact {
  const change = removalOf(stored.fact, input);
  // A hint may be old: the read that it causes may show the state between the removal and the return.
  const isHinted = isGoneByEvents(stored.fact, input.goneByEvents);
  const isDoubted =
    presenceGrants(stored.fact) &&
    !isClaimed(stored, input) &&
    (isHinted || !isConfirmed(stored.fact, input) || !knows(input, stored.changedAt));
  return {
    changes: [isDoubted ? { ...change, inDoubt: true } : change],
    deferrals: [],
    rechecks: isDoubted ? [laterThan(input)] : [],
  };
}

/** Plans for a stored fact that the read has, perhaps changed. */
function planPresent(stored: StoredFact, fact: Fact, input: PlanInput): PlannedFact {
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
    // What is narrower, and attributes that grant nothing, follow at once.
    const narrowed = updateOf(stored.fact, narrowerOf(stored.fact, fact));
    const isChanged = !sameFact(narrowed.fact, stored.fact);
    return { changes: isChanged ? [narrowed] : [], deferrals: [until], rechecks: stillInDoubt };
  }
  if (isSame) {
    const back: PlannedChange = {
      kind: 'return',
      fact,
      narrows: false,
      widens: true,
      evidence: ['read'],
    };
    return { changes: isTaken ? [back] : [], deferrals: [], rechecks: stillInDoubt };
  }
  const isDoubted = whole.narrows && !isTaken && !knows(input, stored.changedAt);
  const change = { ...whole, widens: whole.widens || isTaken };
  return {
    changes: [isDoubted ? { ...change, inDoubt: true } : change],
    deferrals: [],
    rechecks: isDoubted ? [laterThan(input)] : stillInDoubt,
  };
}

/** Plans for a fact that the read has and that is not stored. */
function planNew(fact: Fact, tombstone: Tombstone | undefined, input: PlanInput): PlannedFact {
  const taken = tombstone && { number: tombstone.observedAt, at: tombstone.changedAt };
  const until = withheldUntil(fact, orderOf(input), withdrawalsOf(input, taken), input.traits);
  const isPutBack = input.putBack?.has(factKey(fact)) === true;
  if (until !== undefined && !isPutBack) {
    return { changes: [], deferrals: [until], rechecks: [] };
  }
  return {
    changes: [
      {
        kind: 'add',
        fact,
        narrows: false,
        widens: presenceGrants(fact),
        evidence: isPutBack ? ['owner', 'read'] : ['read'],
      },
    ],
    deferrals: [],
    rechecks: until === undefined ? [] : [input.startedAt + input.traits.lagMs],
  };
}

/** Claims that were wrong: a read that began late enough shows the fact, it was stored all the time, and no event added it again. */
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

/** Whether the forge confirmed the absence, beyond a list that does not have it. */
function isConfirmed(fact: Fact, { read, confirmedAbsent }: PlanInput): boolean {
  const part = partOf(fact);
  return read.absenceIsAuthoritative === true || (part !== undefined && confirmedAbsent?.has(part) === true);
}

/** Whether a new event withdrew it, and nothing gave it back since. */
const isClaimed = ({ fact, givenAt }: StoredFact, { claims = [] }: PlanInput): boolean =>
  isWithdrawn(claims, fact, givenAt);

/** Whether an event said that the fact or its parent is gone: its team, its repository, or the account's membership. */
function isGoneByEvents(fact: Fact, goneByEvents: ReadonlySet<string> | undefined): boolean {
  if (goneByEvents === undefined || goneByEvents.size === 0) {
    return false;
  }
  const part = partOf(fact);
  return (
    goneByEvents.has(factKey(fact)) ||
    (part !== undefined && goneByEvents.has(mainKeyOf(part))) ||
    ('account' in fact && goneByEvents.has(mainKeyOf(memberPart(fact.account)))) ||
    // What a team loses, the teams that inherit it lose too.
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

/** Whether absence from a list is the only evidence for the removal. */
export const isMissing = (change: PlannedChange): boolean =>
  change.kind === 'remove' && !hasConfirmation(change.evidence);

/** The removal with one more piece of evidence; any other change unchanged. */
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
      throw new RangeError(`the read of ${scope} has a fact of ${part ?? fact.kind}`);
    }
    if (!kinds.includes(fact.kind)) {
      throw new RangeError(`the read of ${scope} has a fact of kind ${fact.kind}`);
    }
    const key = factKey(fact);
    const twin = seen.get(key);
    // A list that changes while it is read may show a fact twice. If the two differ, one of them is old.
    if (twin !== undefined && !sameFact(twin, fact)) {
      throw new ForgeError('incomplete', `the read of ${scope} has ${key} twice, with different values`);
    }
    seen.set(key, fact);
  }
  if (scope === 'settings' && seen.size === 0) {
    throw new ForgeError('incomplete', 'the read of the settings is empty');
  }
  return seen;
}

/**
 * Whether the presence of the fact grants a right. A team's own fact does: through its parent's roles, and because a token may
 * speak for it.
 */
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
