/** Compares how much facts grant: whether an update narrows or widens rights, and what two different reads both allow. */
import type { Fact, FactKind, MemberFact } from './facts.ts';

/** Visibilities ranked by how many accounts may read. */
const visibilities = { private: 0, internal: 1, public: 2 } as const;
/** Roles ranked by how much a member may read. */
const roles = { outside: 0, member: 1, owner: 2 } as const satisfies Record<MemberFact['role'], number>;

/** How an update changes rights; both are true when some lose rights and others get them. */
interface Comparison {
  /** Whether somebody may read less after it. */
  readonly narrows: boolean;
  /** Whether somebody may read more after it. */
  readonly widens: boolean;
}

/** @param before has the same key as `fact` */
export function compareBreadth(before: Fact, fact: Fact): Comparison {
  const comparisons = [compareRanks(rankOf(before), rankOf(fact)), compareEnds(before, fact)];
  // The team loses the roles of one parent and gets those of another.
  if (fact.kind === 'team' && before.kind === 'team' && fact.parent !== before.parent) {
    comparisons.push({ narrows: before.parent !== undefined, widens: fact.parent !== undefined });
  }
  // Which of the team's rights apply to a level is in the rights, so the level may change in both directions.
  if (fact.kind === 'team-member' && before.kind === 'team-member' && fact.level !== before.level) {
    comparisons.push({ narrows: true, widens: true });
  }
  if (fact.kind === 'team-repository' && before.kind === 'team-repository') {
    comparisons.push({
      narrows: !isSubset(before.readers, fact.readers),
      widens: !isSubset(fact.readers, before.readers),
    });
  }
  return {
    narrows: comparisons.some(({ narrows }) => narrows),
    widens: comparisons.some(({ widens }) => widens),
  };
}

/** The fact reduced to what both versions grant: for two reads that differ, when it is unknown which is right. */
export function narrowerOf(before: Fact, fact: Fact): Fact {
  const narrower = withNarrowerOwn(before, fact);
  const expiresAt = Math.min(endOf(before), endOf(narrower));
  return 'expiresAt' in narrower || Number.isFinite(expiresAt)
    ? ({ ...narrower, expiresAt: Number.isFinite(expiresAt) ? expiresAt : undefined } as Fact)
    : narrower;
}

function withNarrowerOwn(before: Fact, fact: Fact): Fact {
  if (fact.kind === 'settings' && before.kind === 'settings' && fact.membersRead && !before.membersRead) {
    return { ...fact, membersRead: before.membersRead, basePermission: before.basePermission };
  }
  if (fact.kind === 'member' && before.kind === 'member' && rankOf(before) < rankOf(fact)) {
    return { ...fact, role: before.role, forgeRole: before.forgeRole };
  }
  if (fact.kind === 'repository' && before.kind === 'repository') {
    const isWider = visibilities[fact.visibility] > visibilities[before.visibility];
    return {
      ...fact,
      visibility: isWider ? before.visibility : fact.visibility,
      disabled: fact.disabled || before.disabled,
    };
  }
  // It may have lost the roles of one parent and got those of another.
  if (fact.kind === 'team' && before.kind === 'team' && fact.parent !== before.parent) {
    return { ...fact, parent: undefined };
  }
  if (fact.kind === 'team-member' && before.kind === 'team-member' && fact.level !== before.level) {
    return { ...fact, level: undefined };
  }
  if (fact.kind === 'team-repository' && before.kind === 'team-repository') {
    const { readers = before.readers } = fact;
    const both = readers?.filter((level) => before.readers?.includes(level) ?? true);
    return both === undefined ? fact : { ...fact, readers: both };
  }
  return fact;
}

/** How much the fact grants, as a rank among its possible values. */
function rankOf(fact: Fact): number {
  switch (fact.kind) {
    case 'settings':
      return fact.membersRead ? 1 : 0;
    case 'member':
      return roles[fact.role];
    case 'repository':
      return fact.disabled ? -1 : visibilities[fact.visibility];
    default:
      return 0;
  }
}

const compareRanks = (before: number, now: number): Comparison => ({
  narrows: now < before,
  widens: now > before,
});

const compareEnds = (before: Fact, fact: Fact): Comparison => compareRanks(endOf(before), endOf(fact));

/** When the row's right expires; milliseconds since the epoch, infinite for never. */
const endOf = (fact: Fact): number =>
  'expiresAt' in fact ? (fact.expiresAt ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;

/** @param all undefined for all levels */
const isSubset = (some: readonly string[] | undefined, all: readonly string[] | undefined): boolean =>
  all === undefined || (some?.every((level) => all.includes(level)) ?? false);

/** The kinds of facts that may expire. */
export const endingKinds = [
  'member',
  'team-member',
  'team-repository',
  'collaborator',
] as const satisfies readonly FactKind[];

/** Whether the row's right has expired. @param now milliseconds since the epoch */
export const hasExpired = (fact: Fact, now: number): boolean => endOf(fact) <= now;

/** When the next right of these rows expires; milliseconds since the epoch, undefined if none does. */
export function nextExpiry(facts: readonly Fact[], now: number): number | undefined {
  const next = Math.min(...facts.map(endOf).filter((end) => end > now));
  return Number.isFinite(next) ? next : undefined;
}
