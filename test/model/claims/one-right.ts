/**
 * One right, somebody's place in a team, in the hands of the pure rules: what is stored of it, what the forge had of it, and what is under way. Time
 * goes in steps of 40 seconds, so that three are the lag.
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

/** What an event says of the right; the same words have the same bytes each time. */
export type Event = 'taken' | 'given';
const words: Readonly<Record<Event, EventClaim>> = {
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
  /** Of the last whole read. */
  readonly readNumber: number;
  readonly readBegunAt: number;
  /** Events that happened and did not come yet, oldest first. */
  readonly pending: readonly Event[];
  /** One whose delivery failed, and that is in the forge's log. */
  readonly lost: Event | undefined;
  /** A read that began, and has its answer, but takes its time. */
  readonly slow: (ReadOrder & { readonly shows: boolean }) | undefined;
  /** A read is asked for at once. */
  readonly isWanted: boolean;
  readonly recheckAt: number | undefined;
  /** Since when somebody who could read is refused, while the forge has had the right all the time. */
  readonly outSince: number | undefined;
  /** Could read at some moment since the forge gave the right. */
  readonly hadIt: boolean;
  /** A new verified removal came, or a read showed it, and since then the forge has not given the right and no event said so. */
  readonly mustBeRefused: boolean;
}

const start = 100 * stepMs;

/** At rest, with the right or without. @param bodies deliveries that came before */
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

/** Whether the person may read the team's repository, by the facts and the claims. */
export function mayRead({ stored, claim }: State): boolean {
  const facts = accessFactsOf(stored === undefined ? others : [...others, stored.fact], {
    claims: claim === undefined ? [] : [claim],
    givenAt: new Map(stored === undefined ? [] : [[key, stored.givenAt]]),
  });
  return decideAccess({ kind: 'account', account: account(1) }, facts, 0).has(repository(7));
}

/** Notes who has been refused since when. */
export function judged(state: State): State {
  const can = mayRead(state);
  const [has] = state.truth;
  const hadIt = has && (state.hadIt || can);
  return { ...state, hadIt, outSince: hadIt && !can ? (state.outSince ?? state.now) : undefined };
}

/** The forge takes the right, or gives it, and an event says so. */
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

/** Time goes on by a step, which nobody may do while a read is due. */
export function pass(state: State): State {
  const [one, two, three] = state.truth;
  return { ...state, now: state.now + stepMs, truth: [one, one, two, three] };
}

export const isDue = ({ isWanted, recheckAt, now }: State): boolean =>
  isWanted || (recheckAt ?? Infinity) <= now;

/** A delivery comes. @param cameByItself or from the log */
export function receive(state: State, event: Event, isPushedByForge: boolean): State {
  const word = words[event];
  const body = isPushedByForge ? state.bodies[event] : undefined;
  const counts = isNew(word, {
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
  if (counts && isRemoval(word)) {
    const number = state.counter + 1;
    const claim: Claim = { key, expect: word.expect, number, at: state.now };
    return { ...asked, counter: number, claim, expectation: undefined, mustBeRefused: !state.truth[0] };
  }
  const expectation: Expectation = { ...word, at: state.now, ...(counts && { number: state.counter }) };
  const isFirst = isPushedByForge && body === undefined;
  return { ...asked, expectation, mustBeRefused: state.mustBeRefused && !(event === 'given' && isFirst) };
}

/** A read that began now, and shows what was so many steps ago. */
export function read(state: State, lag: Lag): State {
  const number = state.counter + 1;
  const after = apply(state, { number, startedAt: state.now, shows: state.truth[lag] });
  const isRemoved = state.stored !== undefined && after.stored === undefined;
  // While a new event says that it was given, a read may lag behind that.
  const isSeenGone = isRemoved && !state.truth[0] && state.expectation?.number === undefined;
  return {
    ...after,
    counter: number,
    isWanted: false,
    mustBeRefused: after.mustBeRefused || isSeenGone,
  };
}

/** A read begins that takes its time. */
export function beginSlowRead(state: State): State {
  const number = state.counter + 1;
  return {
    ...state,
    counter: number,
    slow: { number, startedAt: state.now, shows: state.truth[0] },
  };
}

/** It ends, and changes nothing if another one with a higher number was whole meanwhile. */
export function endSlowRead(state: State): State {
  const { slow } = state;
  const after = { ...state, slow: undefined };
  return slow === undefined || slow.number < state.readNumber ? after : apply(after, slow);
}

function apply(state: State, order: NonNullable<State['slow']>): State {
  const { now, stored, removed, claim, expectation } = state;
  const { number, startedAt } = order;
  const facts: readonly Fact[] = [aFact.team(5), aFact.teamRepository(5, 7), ...(order.shows ? [row] : [])];
  const rest = [aFact.team(5), aFact.teamRepository(5, 7)].map(
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
    current: stored === undefined ? rest : [...rest, stored],
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
  const looks = [
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
    recheckAt: looks.length === 0 ? undefined : Math.min(...looks),
    bodies: contradicted
      ? { ...after.bodies, taken: { number: after.bodies.taken?.number ?? 0, contradicted } }
      : after.bodies,
  };
}

/** The state without what makes no difference any more: times from now on, and numbers by their order. */
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
