import { describe, expect, it } from 'vitest';
import { covers, withheldUntil } from './claim.ts';
import { type Fact, factKey, type TeamMemberFact, type TeamRepositoryFact } from './facts.ts';
import { asId, type ForgeAccountId, type ForgeRepositoryId, type ForgeTeamId } from './ids.ts';

const team = (id: number) => asId<ForgeTeamId>(id);

const claimOf = (key: string) => ({ key, expect: 'gone', number: 5, at: 1000 }) as const;

/** Account 1 in team 7, and team 7 on repository 5: its own, and from team 3. */
const ownPlace: TeamMemberFact = {
  ...{ kind: 'team-member', team: team(7), account: asId<ForgeAccountId>(1), login: 'ann' },
};
const place: Fact = { ...ownPlace, via: team(3) };
const onGitHub: TeamRepositoryFact = {
  ...{ kind: 'team-repository', team: team(7), repository: asId<ForgeRepositoryId>(5) },
  ...{ permission: 'read', via: team(3) },
};
const right: Fact = { ...onGitHub, keyedByVia: true };
const ownRight: Fact = { ...right, via: team(7) };

describe('the keys of rows that a team inherits', () => {
  it.each<[string, Fact, string]>([
    ['a place of its own', ownPlace, 'team-member#1#7'],
    ['a place of its own that says so', { ...ownPlace, via: team(7) }, 'team-member#1#7'],
    ['an inherited place', place, 'team-member#1#7#3'],
    ['a right of its own', ownRight, 'team-repository#7#5'],
    ['an inherited right, where each way is a row', right, 'team-repository#7#5#3'],
    ['an inherited right, where one row stands for all ways', onGitHub, 'team-repository#7#5'],
  ])('%s', (_, fact, key) => {
    expect(factKey(fact)).toBe(key);
  });
});

describe('a claim', () => {
  it.each<[string, string, Fact, boolean]>([
    ['a place in the parent, the place inherited from it', 'team-member#1#3', place, true],
    ['a place in another team, not the inherited one', 'team-member#1#4', place, false],
    ["another's place in the parent, not the inherited one", 'team-member#2#3', place, false],
    ['the place of its own, not the inherited one', 'team-member#1#7', place, false],
    ['the place in the parent, not the one of its own', 'team-member#1#3', ownPlace, false],
    ['the parent, the place inherited from it', 'team#3', place, true],
    ['the membership, the inherited place', 'member#1', place, true],
    ['a right of the parent, the right inherited from it', 'team-repository#3#5', right, true],
    ['a right of the parent, a row for all ways', 'team-repository#3#5', onGitHub, true],
    ['the right of its own, not the inherited one', 'team-repository#7#5', right, false],
    ['the right of its own, a row for all ways', 'team-repository#7#5', onGitHub, true],
    ['the parent, the right inherited from it', 'team#3', right, true],
  ])('about %s', (_, key, fact, isCovered) => {
    expect(covers(claimOf(key), fact)).toBe(isCovered);
  });

  it('is answered by an event that gives the place in the parent back', () => {
    const claims = [claimOf('team-member#1#3')];
    const read = { number: 9, startedAt: 2000 };
    const until = (arrivals: ReadonlyMap<string, number>) =>
      withheldUntil(place, read, { claims, arrivals }, { lagMs: 10_000 });
    expect(until(new Map())).toBe(11_000);
    expect(until(new Map([['team-member#1#3', 8]]))).toBeUndefined();
  });
});
