/** Organization roles: listed by REST, with a permission that nothing else needs, and without events. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { effectivePermission } from '../../local/forges/github/api/rights.ts';
import { appPermissions, grantedPermissions } from '../../local/forges/github/app-identity.ts';
import type { OrganizationRole } from '../../local/forges/github/state.ts';
import { accessFactsOf, decideAccess } from '../../shared/domain/access.ts';
import type { Fact } from '../../shared/domain/facts.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { OrganizationReader } from '../support/github-forge.ts';
import { gitHubScopes } from '../support/traits.ts';
import { createFiller } from './github-fill.ts';
import { codeOf, factsOf, type GitHub, known, readWhole, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
const lists = {
  roles: '/orgs/{org}/organization-roles',
  users: '/orgs/{org}/organization-roles/{role_id}/users',
  teams: '/orgs/{org}/organization-roles/{role_id}/teams',
} as const;

/** Replaces the roles and their holders. */
function setRoles(...roles: readonly Partial<OrganizationRole>[]): void {
  const made = roles.map((role, place) => ({
    id: 70 + place,
    name: `role-${place}`,
    isPredefined: false,
    users: new Set<number>(),
    teams: new Set<number>(),
    ...role,
  }));
  gitHub.acme.roles = new Map(made.map((role) => [role.id, role]));
  gitHub.installation.permissions = grantedPermissions(gitHub.acme);
}

const user = (login: string): number =>
  known([...gitHub.state.users.values()].find((one) => one.login === login)).id;
const team = (slug: string): number =>
  known([...gitHub.state.teams.values()].find((one) => one.slug === slug)).id;

/** A reader that knows its organization, and a count of its requests from now on. */
async function probed(): Promise<{
  readonly reader: OrganizationReader;
  readonly requestCount: () => number;
}> {
  const reader = gitHub.reader();
  await reader.probe();
  const before = reader.requests();
  return { reader, requestCount: () => reader.requests() - before };
}

beforeAll(async () => {
  gitHub = await startGitHub();
});
afterEach(() => {
  gitHub.simulator.faults.remove();
});
afterAll(() => gitHub.close());

describe('the holders of a role that reads every repository', () => {
  test("are read with the role by GitHub's name, as it was given", async () => {
    setRoles(
      {
        name: 'all_repo_triage',
        base: 'triage',
        users: new Set([user('bob')]),
        teams: new Set([team('engineering')]),
      },
      { name: 'ci_cd_admin', users: new Set([user('ann')]) },
    );
    const { reader, requestCount } = await probed();
    const role = { role: '70', name: 'all_repo_triage', permission: 'triage' };
    expect(await readWhole(reader, 'roles')).toEqual({
      // Not payments, which is below engineering, and not ann, who is in payments.
      facts: [
        { kind: 'role-member', ...role, account: String(user('bob')), login: 'bob' },
        { kind: 'role-team', ...role, team: String(team('engineering')) },
      ],
      covers: [],
      absenceIsAuthoritative: false,
      isCounted: expect.any(Function),
      powerless: ['71'],
      followUps: [],
    });
    expect(requestCount()).toBe(1 + 2);
  });

  test('who have it both directly and through a team are recorded as direct holders', async () => {
    setRoles({
      base: 'pull',
      users: new Set([user('ann')]),
      teams: new Set([team('engineering'), team('payments')]),
    });
    const facts = await factsOf(gitHub.reader(), 'roles');
    expect(facts.map((fact) => ('account' in fact ? fact.login : 'team' in fact && fact.team))).toEqual([
      'ann',
      String(team('engineering')),
      String(team('payments')),
    ]);
  });

  test.each([
    ['nobody holds one', {}],
    ['somebody does', { users: ['bob'] }],
    ['a team does, for the teams below it too', { teams: ['engineering'] }],
    ['a team does that has another above it', { teams: ['payments'] }],
  ] as const)(
    'are as GitHub lists them, when %s',
    async (_, given: { users?: readonly string[]; teams?: readonly string[] }) => {
      setRoles({
        base: 'pull',
        users: new Set(given.users?.map(user)),
        teams: new Set(given.teams?.map(team)),
      });
      const reader = gitHub.reader();
      const facts: Fact[] = [];
      for (const scope of gitHubScopes) facts.push(...(await factsOf(reader, scope)));
      const { state } = gitHub;
      for (const { id, login } of state.users.values()) {
        const readable = decideAccess({ kind: 'account', account: asId(id) }, accessFactsOf(facts), 0);
        const granted = [...state.repositories.values()].filter(
          (repository) => effectivePermission(state, repository, id) !== undefined,
        );
        expect([login, [...readable.keys()].sort()]).toEqual([
          login,
          granted.map(({ id }) => String(id)).sort(),
        ]);
      }
    },
  );
});

describe('organization roles that GitHub does not show', () => {
  beforeEach(() => setRoles({ base: 'pull', users: new Set([user('bob')]) }));

  test('are not requested if the permission was never given', async () => {
    gitHub.installation.permissions = { ...appPermissions };
    const { reader, requestCount } = await probed();
    expect(await readWhole(reader, 'roles')).toMatchObject({
      facts: [],
      hiddenReason: expect.stringContaining('Custom organization roles'),
    });
    expect(requestCount()).toBe(0);
  });

  test('are known to be missing from the plan once the organization is confirmed to be the same', async () => {
    delete gitHub.acme.roles;
    const { reader, requestCount } = await probed();
    expect(await readWhole(reader, 'roles')).toMatchObject({
      facts: [],
      hiddenReason: expect.stringContaining('no organization roles'),
    });
    expect(requestCount()).toBe(2);
  });

  test('are known to be missing if the plan loses them during the read', async () => {
    gitHub.simulator.faults.add({ kind: 'server-error', status: 422, match: { route: lists.users } });
    expect(await readWhole(gitHub.reader(), 'roles')).toMatchObject({
      facts: [],
      hiddenReason: expect.any(String),
    });
  });

  test('R6: are unknown if the organization has another login by now', async () => {
    const { reader } = await probed();
    const { simulator } = gitHub;
    await simulator.changes.run('rename-organization', { organization: 'acme', to: 'acme-corp' });
    expect(await codeOf(reader.readScope('roles'))).toBe('incomplete');
    await simulator.changes.run('create-organization', { login: 'acme', owner: 'bob' });
    expect(await codeOf(reader.readScope('roles'))).toMatch(/^(incomplete|insufficient-scope)$/);
    await simulator.changes.run('delete-organization', { organization: 'acme' });
    await simulator.changes.run('rename-organization', { organization: 'acme-corp', to: 'acme' });
    expect(await factsOf(gitHub.reader(), 'roles')).toHaveLength(1);
  });
});

describe('are not absent because of an error although the permission is given', () => {
  beforeEach(() => setRoles({ base: 'pull', users: new Set([user('bob')]) }));

  const failures = Object.values(lists).flatMap((list) =>
    (
      [
        [403, 'insufficient-scope'],
        [500, 'unavailable'],
        [502, 'unavailable'],
        [410, 'gone'],
      ] as const
    ).map(([status, code]) => [list, status, code] as const),
  );
  test.each(failures)('R1, R2, R5: %s with %i is %s', async (route, status, code) => {
    gitHub.simulator.faults.add({ kind: 'server-error', status, match: { route } });
    expect(await codeOf(readWhole(gitHub.reader(), 'roles'))).toBe(code);
  });

  test.each([lists.users, lists.teams])('R2: a role is deleted before %s is read', async (route) => {
    gitHub.simulator.faults.add({ kind: 'server-error', status: 404, match: { route } });
    expect(await codeOf(gitHub.reader().readScope('roles'))).toBe('incomplete');
  });

  test('R11: the permission to read the holders is missing', async () => {
    const { members: _, ...permissions } = grantedPermissions(gitHub.acme);
    gitHub.installation.permissions = permissions;
    expect(await codeOf(gitHub.reader().readScope('roles'))).toBe('insufficient-scope');
  });
});

describe('R7: roles with more holders than one page', () => {
  beforeAll(() => {
    const fill = createFiller(gitHub);
    const people = fill.people(230);
    const teams = Array.from({ length: 101 }, (_, place) => fill.team(`team-${place}`).id);
    setRoles({ base: 'pull', users: new Set(people), teams: new Set(teams) }, { base: 'admin' });
  });

  test('are read completely', async () => {
    const { reader, requestCount } = await probed();
    const facts = await factsOf(reader, 'roles');
    expect(facts.filter(({ kind }) => kind === 'role-member')).toHaveLength(230);
    expect(facts.filter(({ kind }) => kind === 'role-team')).toHaveLength(101);
    expect(requestCount()).toBe(1 + 3 + 2 + 2);
  });

  test('are read the same in steps as at once', async () => {
    const whole = await factsOf(gitHub.reader(), 'roles');
    let steps = 0;
    for (let from: unknown; ; steps += 1) {
      const step = await gitHub.reader().readScope('roles', { from, mayContinue: () => false });
      if ('done' in step) {
        expect(step.done.facts).toEqual(whole);
        break;
      }
      expect(step.unfinished).toMatchObject({ read: 2, total: 2 });
      from = JSON.parse(JSON.stringify(step.unfinished.state));
    }
    expect(steps).toBe(1 + 3 + 2 + 2 - 1);
  });

  test.each([
    [lists.users, '3'],
    [lists.teams, '2'],
  ])('R1: fail when a page of %s fails', async (list, page) => {
    gitHub.simulator.faults.add({ kind: 'failing-page', match: { list, page } });
    expect(await codeOf(readWhole((await probed()).reader, 'roles'))).toBe('unavailable');
  });

  test.each([lists.users, lists.teams])('R11: are incomplete while pages of %s are empty', async (list) => {
    gitHub.simulator.faults.add({ kind: 'short-page', drop: 100, match: { list } });
    expect(await codeOf(gitHub.reader().readScope('roles'))).toBe('incomplete');
  });
});
