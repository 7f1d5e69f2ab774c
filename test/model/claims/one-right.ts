/**
 * The state of one right (a membership of a team) under the pure rules: what is stored, what the forge had, and what is pending. Time
 * advances in steps of 40 seconds; three steps are the lag.
 */

import { accessFactsOf, decideAccess } from '../../../shared/domain/access.ts';
import {
  type Claim,
  isAnswered,
  isDecided,
  type ReadOrder,
  type ScopeReads,
} from '../../../shared/domain/claim.ts';
import { type Fact, factKey, type StoredFact, type Tombstone } from '../../../shared/domain/facts.ts';
import { gitHubTraits } from '../../../shared/forge/github/traits.ts';
import type { Expectation, SeenBody } from '../../../shared/store/claim-store.ts';
import { settle } from '../../../shared/sync/plan/expectations.ts';
import { planScope } from '../../../shared/sync/plan/plan.ts';
import { type EventClaim, isNew, isRemoval } from '../../../shared/sync/webhooks/event-claims.ts';
import { account, aFact, repository } from '../../support/memory-forge.ts';
import { lagMs } from '../../support/traits.ts';

export const stepMs = 40_000;
/** Steps that a read lags behind. */
export const lags = [0, 1, 3] as const;
export type Lag = (typeof lags)[number];

const row = aFact.teamMember(5, 1);
const key = factKey(row);
const scope = 'team:5';
const others = [
  aFact.settings(false),
  aFact.member(1),
  aFact.team(5),
  aFact.teamRepository(5, 7),
  aFact.repository(7),
];

/** What an event says of the right. Events of one kind have the same body each time. */
export type Event = 'taken' | 'given';
const eventClaims: Readonly<Record<Event, EventClaim>> = {
  taken: { key, expect: 'gone' },
  given: { key, expect: 'there' },
};

export interface State {
  readonly now: number;
  /** Whether the forge has the right: now, and one, two and three steps ago. */
  readonly truth: readonly [boolean, boolean, boolean, boolean];
  readonly counter: number;
  readonly stored: StoredFact | undefined;
  readonly removed: Tombstone | undefined;
  readonly claim: Claim | undefined;
  /** The body of the claim was contradicted by a read. */
  readonly expectation: Expectation | undefined;
  readonly bodies: Readonly<Partial<Record<Event, SeenBody>>>;
  /** Of the last complete read. */
  readonly readNumber: number;
  readonly readBegunAt: number;
  /** Events that have not been delivered yet, oldest first. */
  readonly pending: readonly Event[];
  /** An event whose delivery failed, and that is in the forge's log. */
  readonly lost: Event | undefined;
  /** A slow read that has its answer but has not ended. */
  readonly slow: (ReadOrder & { readonly shows: boolean }) | undefined;
  /** Whether a read is requested for now. */
  readonly isWanted: boolean;
  readonly recheckAt: number | undefined;
  /** Since when the account has been refused although it could read before and the forge has had the right all the time. */
  readonly outSince: number | undefined;
  /** Whether the account could read at some moment since the forge gave the right. */
  readonly hadIt: boolean;
  /** Whether a new verified event or a read removed the right, and since then neither the forge nor an event gave it. */
  readonly mustBeRefused: boolean;
}

const start = 100 * stepMs;

/** An idle state, with the right or without. @param bodies earlier deliveries */
export function atRest(has: boolean, bodies: State['bodies'] = {}): State {
  const counter = 3;
  return {
    now: start,
    truth: [has, has, has, has],
    counter,
    stored: has
      ? {
          fact: row,
          observedAt: counter,
          firstObservedAt: 1,
          changedAt: 0,
          givenAt: counter,
          inDoubt: false,
        }
      : undefined,
    removed: undefined,
    claim: undefined,
    expectation: undefined,
    bodies,
    readNumber: counter,
    readBegunAt: 0,
    pending: [],
    lost: undefined,
    slow: undefined,
    isWanted: false,
    recheckAt: undefined,
    outSince: undefined,
    hadIt: has,
    mustBeRefused: false,
  };
}

/** Whether the account may read the team's repository, by facts and claims. */
export function mayRead({ stored, claim }: State): boolean {
  const facts = accessFactsOf(stored === undefined ? others : [...others, stored.fact], {
    claims: claim === undefined ? [] : [claim],
    givenAt: new Map(stored === undefined ? [] : [[key, stored.givenAt]]),
  });
  return decideAccess({ kind: 'account', account: account(1) }, facts, 0).has(repository(7));
}

/** Records since when the account has been refused. */
export function judged(state: State): State {
  const can = mayRead(state);
  const [has] = state.truth;
  const hadIt = has && (state.hadIt || can);
  return { ...state, hadIt, outSince: hadIt && !can ? (state.outSince ?? state.now) : undefined };
}

/** The forge removes or gives the right, with an event. */
export function toggle(state: State): State {
  const [has, ...before] = state.truth;
  return {
    ...state,
    truth: [!has, ...before],
    pending: [...state.pending, has ? 'taken' : 'given'],
    mustBeRefused: state.mustBeRefused && has,
    hadIt: false,
    outSince: undefined,
  };
}

/** Time advances by a step; not allowed while a read is due. */
export function pass(state: State): State {
  const [one, two, three] = state.truth;
  return { ...state, now: state.now + stepMs, truth: [one, one, two, three] };
}

export const isDue = ({ isWanted, recheckAt, now }: State): boolean =>
  isWanted || (recheckAt ?? Infinity) <= now;

/** Receives a delivery. @param isPushedByForge false if it was recovered from the log */
export function receive(state: State, event: Event, isPushedByForge: boolean): State {
  const eventClaim = eventClaims[event];
  const body = isPushedByForge ? state.bodies[event] : undefined;
  const counts = isNew(eventClaim, {
    isPushedByForge,
    now: state.now,
    body,
    givenAt: state.stored?.givenAt,
  });
  const bodies =
    isPushedByForge && (body === undefined || counts)
      ? { ...state.bodies, [event]: { number: state.counter, contradicted: body?.contradicted ?? false } }
      : state.bodies;
  const asked = { ...state, bodies, isWanted: true };
  if (counts && isRemoval(eventClaim)) {
    const number = state.counter + 1;
    const claim: Claim = { key, expect: eventClaim.expect, number, at: state.now };
    return { ...asked, counter: number, claim, expectation: undefined, mustBeRefused: !state.truth[0] };
  }
  const expectation: Expectation = { ...eventClaim, at: state.now, ...(counts && { number: state.counter }) };
  const isFirst = isPushedByForge && body === undefined;
  return { ...asked, expectation, mustBeRefused: state.mustBeRefused && !(event === 'given' && isFirst) };
}

/** A read that begins now and shows the state of so many steps ago. */
export function read(state: State, lag: Lag): State {
  const number = state.counter + 1;
  const after = apply(state, { number, startedAt: state.now, shows: state.truth[lag] });
  const isRemoved = state.stored !== undefined && after.stored === undefined;
  // If a new event says that the right was given, the read may lag behind it.
  const isSeenGone = isRemoved && !state.truth[0] && state.expectation?.number === undefined;
  return {
    ...after,
    counter: number,
    isWanted: false,
    mustBeRefused: after.mustBeRefused || isSeenGone,
  };
}

/** Begins a slow read. */
export function beginSlowRead(state: State): State {
  const number = state.counter + 1;
  return {
    ...state,
    counter: number,
    slow: { number, startedAt: state.now, shows: state.truth[0] },
  };
}

/** Ends the slow read. It changes nothing if a read with a higher number was completed meanwhile. */
export function endSlowRead(state: State): State {
  const { slow } = state;
  const after = { ...state, slow: undefined };
  return slow === undefined || slow.number < state.readNumber ? after : apply(after, slow);
}

function apply(state: State, order: NonNullable<State['slow']>): State {
  const { now, stored, removed, claim, expectation } = state;
  const { number, startedAt } = order;
  const facts: readonly Fact[] = [aFact.team(5), aFact.teamRepository(5, 7), ...(order.shows ? [row] : [])];
  const parents = [aFact.team(5), aFact.teamRepository(5, 7)].map(
    (fact): StoredFact => ({
      fact,
      observedAt: 0,
      firstObservedAt: 0,
      changedAt: 0,
      givenAt: 0,
      inDoubt: false,
    }),
  );
  const plan = planScope({
    traits: gitHubTraits,
    scope,
    current: stored === undefined ? parents : [...parents, stored],
    removed: removed === undefined ? new Map() : new Map([[key, removed]]),
    read: { facts, covers: [scope] },
    observedAt: number,
    startedAt,
    now,
    goneByEvents: new Set([
      ...(expectation?.expect === 'gone' ? [key] : []),
      ...(claim === undefined ? [] : [key]),
    ]),
    claims: claim === undefined ? [] : [claim],
    arrivals:
      expectation?.number !== undefined && expectation.expect === 'there'
        ? new Map([[key, expectation.number]])
        : new Map(),
  });
  let after: State = { ...state, readNumber: number, readBegunAt: startedAt };
  for (const change of plan.changes) {
    const { inDoubt = false } = change;
    if (change.kind === 'remove') {
      after = {
        ...after,
        stored: undefined,
        removed: { observedAt: number, changedAt: now, inDoubt },
      };
    } else {
      const firstObservedAt = stored?.firstObservedAt ?? number;
      const given = { observedAt: number, firstObservedAt, changedAt: now, givenAt: number, inDoubt };
      after = { ...after, stored: { fact: change.fact, ...given }, removed: undefined };
    }
  }
  const { settled, recheckAt } = settle(
    expectation === undefined ? [] : [expectation],
    facts,
    order,
    gitHubTraits,
  );
  const readsOf = (): ScopeReads => ({
    readBegunAt: startedAt,
    underWaySince: state.slow?.startedAt,
  });
  const rechecks = [
    recheckAt,
    ...plan.deferred.map(({ until }) => until),
    ...plan.doubtful.map(({ until }) => until),
    claim !== undefined && !isDecided(claim, readsOf, gitHubTraits) ? claim.at + lagMs : undefined,
  ].filter((at) => at !== undefined);
  const contradicted = plan.contradicted.length > 0 && after.bodies.taken !== undefined;
  return {
    ...after,
    expectation: settled.length > 0 ? undefined : expectation,
    claim: claim !== undefined && isAnswered(claim, readsOf, gitHubTraits) ? undefined : claim,
    recheckAt: rechecks.length === 0 ? undefined : Math.min(...rechecks),
    bodies: contradicted
      ? { ...after.bodies, taken: { number: after.bodies.taken?.number ?? 0, contradicted } }
      : after.bodies,
  };
}

/** Identifies equivalent states: times are relative to now, numbers are ranks. */
export function nameOf(state: State): string {
  const { now, stored, removed, claim, expectation, bodies, slow } = state;
  const numbers = [
    stored?.observedAt,
    stored?.givenAt,
    removed?.observedAt,
    claim?.number,
    expectation?.number,
    bodies.taken?.number,
    bodies.given?.number,
    state.slow?.number,
    state.slow && state.readNumber,
  ];
  const ranks = new Map(
    [...new Set(numbers.filter((number) => number !== undefined))]
      .sort((one, other) => one - other)
      .map((number, place) => [number, place]),
  );
  const rank = (number: number | undefined): number | undefined =>
    number === undefined ? undefined : ranks.get(number);
  const ago = (at: number | undefined): number | undefined =>
    at === undefined ? undefined : Math.max(-5, (at - now) / stepMs);
  return JSON.stringify([
    state.truth,
    stored && [rank(stored.observedAt), rank(stored.givenAt), ago(stored.changedAt), stored.inDoubt],
    removed && [rank(removed.observedAt), ago(removed.changedAt), removed.inDoubt],
    claim && [rank(claim.number), ago(claim.at)],
    expectation && [expectation.expect, rank(expectation.number), ago(expectation.at)],
    bodies.taken && [rank(bodies.taken.number), bodies.taken.contradicted],
    bodies.given && [rank(bodies.given.number)],
    state.pending,
    state.lost,
    slow && [rank(slow.number), ago(slow.startedAt), slow.shows, rank(state.readNumber)],
    state.isWanted,
    ago(state.recheckAt),
    ago(state.outSince),
    state.hadIt,
    state.mustBeRefused,
  ]);
}
