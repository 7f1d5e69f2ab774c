import { describe, expect, it } from 'vitest';
import { isAnswered, isDecided, listsOfClaim, type ScopeReads } from './claim.ts';
import { asId } from './ids.ts';
import {
  type AnyScope,
  byPlanning,
  kindsOf,
  listsOf,
  mainScopeOf,
  namesIn,
  repositoryPart,
  type ScopeLayout,
  scopeOfKind,
  teamPart,
} from './scopes.ts';

const ofTeams: ScopeLayout = [
  { name: 'settings', kinds: ['settings'] },
  { name: 'members', kinds: ['member'] },
  { name: 'teams', kinds: ['team', 'team-member', 'team-repository'], after: ['members', 'repositories'] },
  { name: 'roles', kinds: ['role-member', 'role-team'], after: ['members', 'teams'], mayBeMissing: true },
  { name: 'repositories', kinds: ['repository', 'collaborator'] },
];
/** A forge with a single list of who may read which repository. */
const ofListing: ScopeLayout = [
  { name: 'settings', kinds: ['settings'] },
  { name: 'members', kinds: ['member'] },
  { name: 'repositories', kinds: ['repository'] },
  { name: 'permissions', kinds: ['collaborator'], after: ['members', 'repositories'] },
];
const traits = { scopes: ofListing, lagMs: 600_000 };
const repository = repositoryPart(asId('{4f}'));
const team = teamPart(asId(5));

describe('the layout of a forge', () => {
  it('has each kind of facts in at most one scope', () => {
    for (const layout of [ofTeams, ofListing]) {
      const kinds = layout.flatMap((scope) => scope.kinds);
      expect(new Set(kinds).size).toBe(kinds.length);
    }
  });

  it('determines the lists that a part belongs to, the one with its main fact first', () => {
    expect(listsOf(ofTeams, repository)).toEqual(['repositories']);
    expect(listsOf(ofListing, repository)).toEqual(['repositories', 'permissions']);
    expect(listsOf([...ofListing].reverse(), repository)).toEqual(['repositories', 'permissions']);
    expect(mainScopeOf(ofListing, repository)).toBe('repositories');
    expect(listsOf(ofListing, 'permissions')).toEqual(['permissions']);
    expect(listsOf(ofListing, team)).toEqual([]);
  });

  it('determines what a read shows: the same kinds for a part on every forge, its own kinds for a list', () => {
    expect(kindsOf(ofListing, repository)).toEqual(kindsOf(ofTeams, repository));
    expect(kindsOf(ofTeams, 'repositories')).toEqual(['repository', 'collaborator']);
    expect(kindsOf(ofListing, 'repositories')).toEqual(['repository']);
    expect(kindsOf(ofListing, 'roles')).toEqual([]);
    expect(scopeOfKind(ofListing, 'collaborator')).toBe('permissions');
    expect(() => scopeOfKind(ofListing, 'team')).toThrow(RangeError);
  });

  it('has rows planned after the facts that they refer to', () => {
    const planned = (layout: ScopeLayout) => namesIn(layout).toSorted(byPlanning(layout));
    expect(planned(ofTeams)).toEqual(['settings', 'members', 'repositories', 'teams', 'roles']);
    expect(planned(ofListing)).toEqual(['settings', 'members', 'repositories', 'permissions']);
    expect(planned([...ofListing].reverse())).toEqual(['repositories', 'members', 'settings', 'permissions']);
  });
});

describe('a claim on a forge with a list of permissions', () => {
  const claimOf = (key: string) => ({ key, expect: 'gone' as const, number: 1, at: 1_000_000 });
  const knows = 1_000_000 + traits.lagMs;
  const reads =
    (times: Partial<Record<AnyScope, ScopeReads>>) =>
    (scope: AnyScope): ScopeReads =>
      times[scope] ?? {};
  const ended = { readBegunAt: knows };

  it('covers rows in the lists that the forge has', () => {
    expect(listsOfClaim(claimOf('member#1'), ofListing)).toEqual(['members', 'permissions']);
    expect(listsOfClaim(claimOf('collaborator#1#5'), ofListing)).toEqual(['permissions']);
    expect(listsOfClaim(claimOf('repository#5'), ofListing)).toEqual(['repositories']);
  });

  it('about a row is decided by the list of rows, or by the repository, and not by the list of repositories', () => {
    const claim = claimOf('collaborator#1#5');
    const decided = (times: Partial<Record<AnyScope, ScopeReads>>) =>
      isDecided(claim, reads(times), traits) && isAnswered(claim, reads(times), traits);
    expect(decided({ permissions: ended })).toBe(true);
    expect(decided({ 'repository:5': ended })).toBe(true);
    expect(decided({ repositories: ended })).toBe(false);
    expect(decided({ permissions: { readBegunAt: knows - 1 } })).toBe(false);
    expect(decided({ 'repository:5': ended, permissions: { underWaySince: knows - 1 } })).toBe(false);
  });

  it('about a membership is answered when its rows were decided too', () => {
    const claim = claimOf('member#1');
    expect(isAnswered(claim, reads({ members: ended }), traits)).toBe(false);
    expect(isAnswered(claim, reads({ members: ended, permissions: ended }), traits)).toBe(true);
  });
});
