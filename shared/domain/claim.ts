/**
 * Claims: what an authenticated event of the forge reports as gone, before any read agrees.
 *
 * The claim itself is the withdrawal: access.ts reads it beside the facts, so that nothing waits for the forge's API, which may
 * lag behind its own events. A read that began late enough decides whether the claim was right.
 */
import { type Fact, type FactKind, factKey, factKinds, inheritedKey, isInherited } from './facts.ts';
import type { ForgeTraits } from './forge-traits.ts';
import {
  type AnyScope,
  isPart,
  mainKeyOf,
  memberPart,
  type ScopeLayout,
  type ScopeName,
  scopeOfKind,
  scopesOfKinds,
} from './scopes.ts';

export interface Claim {
  /** The `factKey` of the fact that the event is about. */
  readonly key: string;
  /** `not-public`: the repository exists, but is not public any more. */
  readonly expect: 'gone' | 'not-public';
  /**
   * Drawn from the synchronization's counter after the claim was stored: reads with a higher number began later. Infinite until
   * it is drawn, so that no read counts as later.
   */
  readonly number: number;
  /** When the event arrived; milliseconds since the epoch. */
  readonly at: number;
}

/** The position of a read in time: its number, drawn before its first request, and when it began, in milliseconds since the epoch. */
export interface ReadOrder {
  readonly number: number;
  readonly startedAt: number;
}

/** Whether the read began late enough after the event to decide the claim. */
export const decides = (read: ReadOrder, claim: Claim, { lagMs }: Pick<ForgeTraits, 'lagMs'>): boolean =>
  read.number > claim.number && read.startedAt >= claim.at + lagMs;

/**
 * Whether the claim withdraws the right that the fact grants: it claims that the fact itself or its parent is gone. The end of a
 * membership covers the account's rows in teams, roles and repositories. The end of a team covers its rights, and what other
 * teams inherit from it; its members' rows grant nothing without those. A right or membership taken from a team is taken from the
 * teams that inherit it.
 */
export function covers({ key, expect }: Claim, fact: Fact): boolean {
  if (expect === 'not-public') {
    return fact.kind === 'repository' && factKey(fact) === key && fact.visibility === 'public';
  }
  if (isInherited(fact) && (key === `team#${fact.via}` || key === inheritedKey(fact))) {
    return true;
  }
  switch (fact.kind) {
    case 'settings':
      return false;
    case 'member':
    case 'team':
    case 'repository':
      return key === factKey(fact);
    case 'team-member':
    case 'role-member':
    case 'collaborator':
      return key === factKey(fact) || key === mainKeyOf(memberPart(fact.account));
    case 'role-team':
      return key === `team#${fact.team}`;
    case 'team-repository':
      return key === `team#${fact.team}` || key === factKey(fact);
  }
}

/** @param givenAt the number of the read that last gave the right, which answers claims before it */
export function isWithdrawn(claims: readonly Claim[], fact: Fact, givenAt: number): boolean {
  return claims.some((claim) => claim.number > givenAt && covers(claim, fact));
}

/** What may prevent a right from being given back. */
export interface Withdrawals {
  readonly claims: readonly Claim[];
  /** For each fact that new events added, by key: the last number drawn when the event arrived. */
  readonly arrivals: ReadonlyMap<string, number>;
  /** The read that last removed it: its number, and when its plan was written, in milliseconds since the epoch. */
  readonly taken?: { readonly number: number; readonly at: number } | undefined;
}

/**
 * Until when a read that shows the fact must not give its right. What was withdrawn comes back by an event that adds it and a
 * read that agrees, or by a read that began `lagMs` after the withdrawal.
 *
 * @returns milliseconds since the epoch; undefined if it may be given at once
 */
export function withheldUntil(
  fact: Fact,
  read: ReadOrder,
  withdrawals: Withdrawals,
  traits: Pick<ForgeTraits, 'lagMs'>,
): number | undefined {
  const { lagMs } = traits;
  const { claims, arrivals, taken } = withdrawals;
  const arrival = Math.max(...givingKeys(fact).map((key) => arrivals.get(key) ?? 0));
  /** Whether an event after that withdrawal added it, and the read began after the event. */
  const isGivenSince = (number: number): boolean => arrival >= number && read.number > arrival;
  const covering = claims.filter((claim) => covers(claim, fact));
  const times = covering
    .filter((claim) => !decides(read, claim, traits) && !isGivenSince(claim.number))
    .map((claim) => claim.at + lagMs);
  if (taken !== undefined && read.startedAt < taken.at + lagMs) {
    // A read that removed what was already claimed withdrew nothing itself, so an event that adds it need only be later than the
    // claim, which is rechecked in any case.
    const since = Math.min(taken.number, ...covering.map(({ number }) => number));
    if (!isGivenSince(since)) {
      times.push(taken.at + lagMs);
    }
  }
  return times.length === 0 ? undefined : Math.max(...times);
}

/** The keys of events that add the fact: what is given to a team is given to the teams that inherit it. */
const givingKeys = (fact: Fact): readonly string[] =>
  isInherited(fact) ? [factKey(fact), inheritedKey(fact)] : [factKey(fact)];

/**
 * The part that the claimed fact is read with.
 *
 * @throws RangeError for a key of a kind that no event reports
 */
export function scopeOfKey(key: string): AnyScope {
  const [kind = '', one = '', other = ''] = key.split('#');
  switch (kind) {
    case 'member':
    case 'team':
    case 'repository':
      return `${kind}:${one}`;
    case 'team-member':
      return `team:${other}`;
    case 'team-repository':
      return `team:${one}`;
    case 'collaborator':
      return `repository:${other}`;
    default:
      throw new RangeError(`no event concerns ${key}`);
  }
}

/** The list that contains the claimed fact. */
const listOfKey = (layout: ScopeLayout, key: string): ScopeName => {
  const kind = factKinds.find((one) => one === key.split('#')[0]);
  if (kind === undefined) {
    throw new RangeError(`no fact has the key ${key}`);
  }
  return scopeOfKind(layout, kind);
};

/** The kinds of facts that claims cover, for those that also cover rows of other parts. */
const coveredKinds: Readonly<Record<string, readonly FactKind[]>> = {
  member: ['member', 'team-member', 'role-member', 'collaborator'],
  team: ['team', 'team-repository', 'role-team'],
  'team-repository': ['team-repository'],
};

/** The lists and parts with facts that the claim covers: once each of them was decided, the claim is obsolete. */
function scopesOfClaim({ key }: Claim, layout: ScopeLayout): readonly AnyScope[] {
  const covered = coveredKinds[key.split('#')[0] ?? ''];
  return covered === undefined ? [scopeOfKey(key)] : scopesOfKinds(layout, covered);
}

/** The lists with facts that the claim covers. */
export const listsOfClaim = (claim: Claim, layout: ScopeLayout): readonly ScopeName[] =>
  scopesOfClaim(claim, layout).map((scope) => (isPart(scope) ? listOfKey(layout, claim.key) : scope));

type ReadingTraits = Pick<ForgeTraits, 'scopes' | 'lagMs'>;

/** The reads of a scope. */
export interface ScopeReads {
  /** When the last complete read began. */
  readonly readBegunAt?: number | undefined;
  /** When the read that is still under way began. */
  readonly underWaySince?: number | undefined;
}

/** Whether a read that began late enough has decided the claim's own fact. */
export function isDecided(
  claim: Claim,
  readsOf: (scope: AnyScope) => ScopeReads,
  { scopes: layout, lagMs }: ReadingTraits,
): boolean {
  return [scopeOfKey(claim.key), listOfKey(layout, claim.key)].some(
    (scope) => (readsOf(scope).readBegunAt ?? 0) >= claim.at + lagMs,
  );
}

/**
 * Whether the claim is obsolete: each scope with facts that it covers was decided by a read that began late enough, and no read
 * is under way that began earlier and could still bring back what it withdrew.
 */
export function isAnswered(
  claim: Claim,
  readsOf: (scope: AnyScope) => ScopeReads,
  { scopes: layout, lagMs }: ReadingTraits,
): boolean {
  const knowsAt = claim.at + lagMs;
  return scopesOfClaim(claim, layout).every((scope) => {
    const reads = (isPart(scope) ? [scope, listOfKey(layout, claim.key)] : [scope]).map(readsOf);
    return (
      reads.some(({ readBegunAt = 0 }) => readBegunAt >= knowsAt) &&
      reads.every(({ underWaySince }) => underWaySince === undefined || underWaySince >= knowsAt)
    );
  });
}
