/** Teams of the enterprise: they are in REST's list of teams but not in GraphQL's, and have no events. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { appPermissions, grantedPermissions } from '../../local/forges/github/app-identity.ts';
import type { Team } from '../../local/forges/github/state.ts';
import { createFiller } from './github-fill.ts';
import { codeOf, factsOf, type GitHub, known, readWhole, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
let security: Team;
const lists = {
  teams: '/orgs/{org}/teams',
  members: '/organizations/{organization_id}/team/{team_id}/members',
  repositories: '/organizations/{organization_id}/team/{team_id}/repos',
} as const;

beforeAll(async () => {
  gitHub = await startGitHub();
  gitHub.acme.roles = new Map();
  gitHub.installation.permissions = grantedPermissions(gitHub.acme);
  await gitHub.simulator.changes.run('create-team', { name: 'ent:security', enterprise: true });
  security = known([...gitHub.state.teams.values()].find(({ enterprise }) => enterprise));
  await gitHub.simulator.changes.run('add-team-member', { team: security.slug, user: 'bob' });
  await gitHub.simulator.changes.run('set-team-repository', {
    team: security.slug,
    repository: 'billing',
    permission: 'triage',
  });
});
afterEach(() => {
  gitHub.simulator.faults.remove();
});
afterAll(() => gitHub.close());

const ofSecurity = async () =>
  (await factsOf(gitHub.reader(), 'teams')).filter(
    (fact) => 'team' in fact && fact.team === String(security.id),
  );

describe('a team of the enterprise', () => {
  test('is read with its members and rights, if the app may read organization roles', async () => {
    const { simulator } = gitHub;
    simulator.requests.clear();
    const team = String(security.id);
    const bob = known([...gitHub.state.users.values()].find(({ login }) => login === 'bob'));
    const billing = gitHub.repository('billing');
    expect(await ofSecurity()).toEqual([
      {
        kind: 'team',
        team,
        slug: 'ent-security',
        name: 'ent:security',
        parent: undefined,
        privacy: 'closed',
      },
      { kind: 'team-member', team, account: String(bob.id), login: 'bob' },
      { kind: 'team-repository', team, repository: String(billing.id), permission: 'triage', via: team },
    ]);
    const { counts } = simulator.requests.summary();
    expect(Object.entries(counts).filter(([what]) => /\/teams?\b/.test(what))).toHaveLength(3);
    // No webhook was sent.
    expect(gitHub.receiver.events()).toEqual([]);

    gitHub.installation.permissions = { ...appPermissions };
    expect(await ofSecurity()).toEqual([]);
    gitHub.installation.permissions = grantedPermissions(gitHub.acme);
  });

  test('cannot be read by itself, and is left to the list of teams', async () => {
    expect(await readWhole(gitHub.reader(), `team:${security.id}`)).toMatchObject({
      facts: [],
      absenceIsAuthoritative: false,
      followUps: ['teams'],
    });
  });

  const failures = Object.values(lists).flatMap((route) =>
    (
      [
        [403, 'insufficient-scope'],
        [404, 'incomplete'],
        [422, 'unexpected'],
        [500, 'unavailable'],
      ] as const
    ).map(([status, code]) => [route, status, code] as const),
  );
  test.each(failures)(
    'R1, R2, R5: is not considered absent because %s answers %i',
    async (route, status, code) => {
      gitHub.simulator.faults.add({ kind: 'server-error', status, match: { route } });
      expect(await codeOf(readWhole(gitHub.reader(), 'teams'))).toBe(code);
    },
  );

  test('R7: with more than a page of members and repositories is read completely', async () => {
    const fill = createFiller(gitHub);
    for (const person of fill.people(230)) security.members.set(person, 'member');
    for (const repository of fill.repositories(120)) security.repositories.set(repository, 'pull');
    const facts = await ofSecurity();
    expect(facts.filter(({ kind }) => kind === 'team-member')).toHaveLength(231);
    expect(facts.filter(({ kind }) => kind === 'team-repository')).toHaveLength(121);
    for (const [list, page] of [
      [lists.members, '3'],
      [lists.repositories, '2'],
    ] as const) {
      gitHub.simulator.faults.add({ kind: 'failing-page', match: { list, page } });
      expect(await codeOf(readWhole(gitHub.reader(), 'teams'))).toBe('unavailable');
      gitHub.simulator.faults.remove();
    }
    gitHub.simulator.faults.add({ kind: 'short-page', drop: 100, match: { list: lists.members } });
    expect(await codeOf(readWhole(gitHub.reader(), 'teams'))).toBe('incomplete');
  });
});
