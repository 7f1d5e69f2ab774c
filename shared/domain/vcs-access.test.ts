import { describe, expect, it } from 'vitest';
import { accessFactsOf, decideVcsAccess, standingIn } from './access.ts';
import {
  asId,
  type OrganizationId,
  type OwnTeamId,
  ownTeamPrincipal,
  type SynchronizationId,
  teamPrincipal,
} from './ids.ts';
import { account, aTeam, collaborator, member, repositoryId, team, teamMember } from './test-access-facts.ts';
import { isVcsSynchronization, nextPoll, vcsSynchronization } from './vcs-repository.ts';

const releases = ownTeamPrincipal(asId<OwnTeamId>('releases'));
const core = teamPrincipal(asId<SynchronizationId>('sync1'), team(5));
const grants = [
  { repository: repositoryId(1), readers: { everyone: true, teams: [] } },
  { repository: repositoryId(2), readers: { everyone: false, teams: [releases, core] } },
  { repository: repositoryId(3), readers: { everyone: true, teams: [core] } },
  { repository: repositoryId(4), readers: { everyone: false, teams: [] } },
];

describe('decideVcsAccess', () => {
  it('names every grant: to everyone who belongs, and to each team', () => {
    const readable = decideVcsAccess({ belongs: true, teams: [core, releases], state: 'active' }, grants);
    expect(
      [...readable].map(([id, vias]) => [
        id,
        vias.map((via) => ('granted' in via ? via.granted : via.through)),
      ]),
    ).toEqual([
      ['1', ['everyone']],
      ['2', [releases, core]],
      ['3', ['everyone', core]],
    ]);
  });

  it('everyone is everyone of the organization, and a repository granted to nobody is read by nobody', () => {
    expect(decideVcsAccess({ belongs: false, teams: [], state: 'active' }, grants).size).toBe(0);
    expect([...decideVcsAccess({ belongs: false, teams: [core], state: 'active' }, grants).keys()]).toEqual([
      '2',
      '3',
    ]);
  });

  it.each(['waiting', 'off'] as const)('who is %s reads nothing', (state) => {
    expect(decideVcsAccess({ belongs: true, teams: [core, releases], state }, grants).size).toBe(0);
  });
});

describe('standingIn', () => {
  const facts = [member(1), teamMember(5, 1), teamMember(5, 2), aTeam(5), collaborator(9, 3)];
  const standing = (subject: Parameters<typeof standingIn>[0], claims: readonly { key: string }[] = []) =>
    standingIn(
      subject,
      accessFactsOf(facts, {
        claims: claims.map(({ key }) => ({ key, expect: 'gone', number: Number.POSITIVE_INFINITY, at: 0 })),
        givenAt: new Map(),
      }),
      0,
    );

  it('an account is in a team only if the list of members has it too', () => {
    expect(standing({ kind: 'account', account: account(1) })).toEqual({ belongs: true, teams: ['5'] });
    expect(standing({ kind: 'account', account: account(2) })).toEqual({ belongs: false, teams: [] });
    expect(standing({ kind: 'account', account: account(3) })).toEqual({ belongs: true, teams: [] });
  });

  it('what an event withdrew does not count', () => {
    expect(standing({ kind: 'account', account: account(1) }, [{ key: 'member#1' }])).toEqual({
      belongs: false,
      teams: [],
    });
    expect(standing({ kind: 'team', team: team(5) }, [{ key: 'team#5' }])).toEqual({
      belongs: false,
      teams: [],
    });
  });

  it('a team counts while it is known, and anybody is nobody', () => {
    expect(standing({ kind: 'team', team: team(5) })).toEqual({ belongs: true, teams: ['5'] });
    expect(standing({ kind: 'team', team: team(6) })).toEqual({ belongs: false, teams: [] });
    expect(standing({ kind: 'anyone' })).toEqual({ belongs: false, teams: [] });
  });
});

it('a synchronization of repositories at a URL is none that has an id of ours', () => {
  expect(isVcsSynchronization(vcsSynchronization(asId<OrganizationId>('abcdefghijkmnpqr')))).toBe(true);
  expect(isVcsSynchronization(asId<SynchronizationId>('abcdefghijkmnpqr'))).toBe(false);
});

it.each([
  ['that just changed', 0, 15],
  ['unchanged for an hour', 60, 15],
  ['unchanged for ten hours', 600, 60],
  ['unchanged for a month', 43_200, 1440],
])('a repository %s is read again after the gap', (_, quietMinutes, gapMinutes) => {
  const lastReadAt = 100_000 * 60_000;
  expect(nextPoll({ lastReadAt, changedAt: lastReadAt - quietMinutes * 60_000 })).toBe(
    lastReadAt + gapMinutes * 60_000,
  );
});
