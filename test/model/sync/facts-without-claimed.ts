/**
 * The facts that claims leave, by a second, naive implementation: a claim withdraws the rows of what it is about, except those that a
 * read gave after the claim.
 */
import type { Fact, StoredFact } from '../../../shared/domain/facts.ts';
import type { StoredClaim } from '../../../shared/store/claim-store.ts';

export function withoutClaimed(
  stored: readonly StoredFact[],
  claims: readonly StoredClaim[],
): readonly Fact[] {
  return stored.flatMap(({ fact, givenAt }) => {
    const open = claims.filter(({ number }) => number > givenAt);
    if (open.some(({ key, expect }) => expect === 'gone' && takes(key.split('#'), fact))) {
      return [];
    }
    const isHidden =
      fact.kind === 'repository' &&
      fact.visibility === 'public' &&
      open.some(({ key, expect }) => expect === 'not-public' && key === `repository#${fact.repository}`);
    return [isHidden ? { ...fact, visibility: 'private' as const } : fact];
  });
}

/** @param about what the claim is about: its kind, and ids as they stand in keys of facts */
function takes([kind, one, other]: readonly string[], fact: Fact): boolean {
  switch (kind) {
    case 'member':
      return 'account' in fact && fact.account === one;
    case 'team':
      return (
        (fact.kind === 'team' && fact.team === one) ||
        (fact.kind === 'role-team' && fact.team === one) ||
        (fact.kind === 'team-repository' && [fact.team, fact.via].some((team) => team === one)) ||
        (fact.kind === 'team-member' && fact.team !== one && fact.via === one)
      );
    case 'repository':
      return fact.kind === 'repository' && fact.repository === one;
    case 'team-member':
      return (
        fact.kind === 'team-member' &&
        fact.account === one &&
        [fact.team, fact.via].some((team) => team === other)
      );
    case 'team-repository':
      return (
        fact.kind === 'team-repository' &&
        fact.repository === other &&
        [fact.team, fact.via].some((team) => team === one)
      );
    case 'collaborator':
      return fact.kind === 'collaborator' && fact.account === one && fact.repository === other;
    default:
      throw new Error(`no event tells of ${kind}`);
  }
}
