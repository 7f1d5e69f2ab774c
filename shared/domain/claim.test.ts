import { describe, expect, it } from 'vitest';
import { covers, withheldUntil } from './claim.ts';
import { type Fact, factKey, type TeamMemberFact, type TeamRepositoryFact } from './facts.ts';
import { asId, type ForgeAccountId, type ForgeRepositoryId, type ForgeTeamId } from './ids.ts';

const team = (id: number) => asId<ForgeTeamId>(id);

const claimOf = (key: string) => ({ key, expect: 'gone', number: 5, at: 1000 }) as const;

/** Account 1 in team 7; team 7's right to repository 5, its own and inherited from team 3. */
const ownMembership: TeamMemberFact = {
  ...{ kind: 'team-member', team: team(7), account: asId<ForgeAccountId>(1), login: 'ann' },
};
const membership: Fact = { ...ownMembership, via: team(3) };
const onGitHub: TeamRepositoryFact = {
  ...{ kind: 'team-repository', team: team(7), repository: asId<ForgeRepositoryId>(5) },
  ...{ permission: 'read', via: team(3) },
};
const right: Fact = { ...onGitHub, keyedByVia: true };
const ownRight: Fact = { ...right, via: team(7) };

describe('the keys of inherited rows', () => {
  it.each<[string, Fact, string]>([
    ['a direct membership', ownMembership, 'team-member#1#7'],
    ['a direct membership with `via`', { ...ownMembership, via: team(7) }, 'team-member#1#7'],
    ['an inherited membership', membership, 'team-member#1#7#3'],
    ['a direct right', ownRight, 'team-repository#7#5'],
    ['an inherited right with a row for each way', right, 'team-repository#7#5#3'],
    ['an inherited right with one row for all ways', onGitHub, 'team-repository#7#5'],
  ])('%s', (_, fact, key) => {
    expect(factKey(fact)).toBe(key);
  });
});

describe('a claim', () => {
  it.each<[string, string, Fact, boolean]>([
    [
      'a membership in the parent covers the membership inherited from it',
      'team-member#1#3',
      membership,
      true,
    ],
    ['a membership in another team does not cover the inherited one', 'team-member#1#4', membership, false],
    [
      "another account's membership in the parent does not cover the inherited one",
      'team-member#2#3',
      membership,
      false,
    ],
    ['the direct membership does not cover the inherited one', 'team-member#1#7', membership, false],
    ['the membership in the parent does not cover the direct one', 'team-member#1#3', ownMembership, false],
    ['the parent covers the membership inherited from it', 'team#3', membership, true],
    ['the organization membership covers the inherited team membership', 'member#1', membership, true],
    ['a right of the parent covers the right inherited from it', 'team-repository#3#5', right, true],
    ['a right of the parent covers one row for all ways', 'team-repository#3#5', onGitHub, true],
    ['the direct right does not cover the inherited one', 'team-repository#7#5', right, false],
    ['the direct right covers one row for all ways', 'team-repository#7#5', onGitHub, true],
    ['the parent covers the right inherited from it', 'team#3', right, true],
  ])('about %s', (_, key, fact, isCovered) => {
    expect(covers(claimOf(key), fact)).toBe(isCovered);
  });

  it('is answered by an event that gives the membership in the parent back', () => {
    const claims = [claimOf('team-member#1#3')];
    const read = { number: 9, startedAt: 2000 };
    const until = (arrivals: ReadonlyMap<string, number>) =>
      withheldUntil(membership, read, { claims, arrivals }, { lagMs: 10_000 });
    expect(until(new Map())).toBe(11_000);
    expect(until(new Map([['team-member#1#3', 8]]))).toBeUndefined();
  });
});
