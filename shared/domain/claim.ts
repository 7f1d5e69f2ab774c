/**
 * Claims: what a verified event of the forge says is gone, before any read agrees.
 *
 * The claim itself is the withdrawal. access.ts reads it beside the facts, so that nobody waits for the forge's API, which may lag behind
 * its own events. A read that began late enough to know decides whether the claim was right.
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
  /** Of the fact that the event is about, as factKey names it. */
  readonly key: string;
  /** `not-public`: it is there, and not for everybody any more. */
  readonly expect: 'gone' | 'not-public';
  /**
   * Drawn from the synchronization's counter when the claim was stored: reads with a higher number began after it. Infinite until it is drawn, so
   * that no read knows more than the claim.
   */
  readonly number: number;
  /** When the event was heard; milliseconds since the epoch. */
  readonly at: number;
}

/** When a read began: its number, drawn before its first request, and the time, in milliseconds since the epoch. */
export interface ReadOrder {
  readonly number: number;
  readonly startedAt: number;
}

/** A read that began so long after the event knows whether the claim is right. */
export const decides = (read: ReadOrder, claim: Claim, { lagMs }: Pick<ForgeTraits, 'lagMs'>): boolean =>
  read.number > claim.number && read.startedAt >= claim.at + lagMs;

/**
 * Whether the claim takes the right that the fact gives: the fact itself is claimed to be gone, or what it hangs on. A membership's end takes
 * the account's rows in teams, roles and repositories. A team's end takes the team's rights, and the rights and places that others inherit from it;
 * with no rights left its members' rows give nothing. A right or a place taken from a team is taken from those that inherit it.
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

/** @param givenAt the number of the read that gave the right last: a claim before it is answered */
export function isWithdrawn(claims: readonly Claim[], fact: Fact, givenAt: number): boolean {
  return claims.some((claim) => claim.number > givenAt && covers(claim, fact));
}

/** What stands against giving a right. */
export interface Withdrawals {
  readonly claims: readonly Claim[];
  /** What new events said has come, by the keys of facts: the last number that was drawn when each was heard. */
  readonly arrivals: ReadonlyMap<string, number>;
  /** The read that last took it: its number, and when its plan was written, in milliseconds since the epoch. */
  readonly taken?: { readonly number: number; readonly at: number } | undefined;
}

/**
 * Until when a read that shows the fact may not give what it gives: what was withdrawn comes back by an event that gives it and a read that
 * agrees, or by a read that began `lagMs` after the withdrawal.
 *
 * @returns milliseconds since the epoch; undefined: it may be given at once
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
  /** An event after that withdrawal gives it, and the read began after the event. */
  const isGivenSince = (number: number): boolean => arrival >= number && read.number > arrival;
  const covering = claims.filter((claim) => covers(claim, fact));
  const untils = covering
    .filter((claim) => !decides(read, claim, traits) && !isGivenSince(claim.number))
    .map((claim) => claim.at + lagMs);
  if (taken !== undefined && read.startedAt < taken.at + lagMs) {
    // A read that took what was claimed already withdrew nothing itself: the event that gives it has to be later than the claim, which is read again
    // in any case.
    const since = Math.min(taken.number, ...covering.map(({ number }) => number));
    if (!isGivenSince(since)) {
      untils.push(taken.at + lagMs);
    }
  }
  return untils.length === 0 ? undefined : Math.max(...untils);
}

/** What an event that gives the fact may name: what is given to a team is given to those that inherit it. */
const givingKeys = (fact: Fact): readonly string[] =>
  isInherited(fact) ? [factKey(fact), inheritedKey(fact)] : [factKey(fact)];

/**
 * The part that the claimed fact is read with.
 *
 * @throws RangeError when the key is of something that no event tells of
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

/** The list that has the claimed fact. */
const listOfKey = (layout: ScopeLayout, key: string): ScopeName => {
  const kind = factKinds.find((one) => one === key.split('#')[0]);
  if (kind === undefined) {
    throw new RangeError(`no fact has the key ${key}`);
  }
  return scopeOfKind(layout, kind);
};

/** Of claims that cover rows of other parts too: the kinds of facts that they cover. */
const coveredKinds: Readonly<Record<string, readonly FactKind[]>> = {
  member: ['member', 'team-member', 'role-member', 'collaborator'],
  team: ['team', 'team-repository', 'role-team'],
  'team-repository': ['team-repository'],
};

/** The lists and parts that hold facts which the claim covers: a claim is of no use any more when each of them was decided. */
function scopesOfClaim({ key }: Claim, layout: ScopeLayout): readonly AnyScope[] {
  const covered = coveredKinds[key.split('#')[0] ?? ''];
  return covered === undefined ? [scopeOfKey(key)] : scopesOfKinds(layout, covered);
}

/** The whole scopes that hold facts which the claim covers. */
export const listsOfClaim = (claim: Claim, layout: ScopeLayout): readonly ScopeName[] =>
  scopesOfClaim(claim, layout).map((scope) => (isPart(scope) ? listOfKey(layout, claim.key) : scope));

type ReadingTraits = Pick<ForgeTraits, 'scopes' | 'lagMs'>;

/** What is known of a scope's reads. */
export interface ScopeReads {
  /** When the last whole read began. */
  readonly readBegunAt?: number | undefined;
  /** When a read that is still under way began. */
  readonly underWaySince?: number | undefined;
}

/** Whether a read that knows has shown what the claim is about. */
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
 * Whether nothing hangs on the claim any more: every scope concerned was decided by a read that began late enough, and no read is under way that
 * began earlier and could still bring back what the claim withdrew.
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
