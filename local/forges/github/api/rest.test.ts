import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../state.ts';
import {
  acme,
  addRepository,
  addTeam,
  addUser,
  emptyState,
  makeJwt,
  rest,
  startApi,
  type TestApi,
} from './test-world.ts';

const state = emptyState();
let api: TestApi;
const HOUR = 3_600_000;

function delivery(id: number, change: Partial<Delivery> = {}): Delivery {
  return {
    id,
    guid: `guid-${id}`,
    event: 'push',
    installationId: 42,
    deliveredAt: new Date(Date.now() - HOUR).toISOString(),
    redelivery: false,
    status: 'OK',
    statusCode: 200,
    durationMs: 120,
    body: '{"ref":"refs/heads/main"}',
    ...change,
  };
}

beforeAll(async () => {
  addUser(state, 1, 'owner', 'admin');
  addUser(state, 2, 'ann', 'member');
  addUser(state, 3, 'bob', 'member');
  addUser(state, 4, 'outside');
  addUser(state, 5, 'invited');
  acme(state).members.set(5, { role: 'member', state: 'pending' });
  acme(state).defaultRepositoryPermission = 'none';
  const billing = addRepository(state, 900, 'billing');
  billing.collaborators.set(4, 'triage').set(2, 'pull');
  addRepository(state, 901, 'internal').visibility = 'internal';
  addRepository(state, 902, 'secret');
  const parent = addTeam(state, 60, 'backend');
  parent.repositories.set(900, 'maintain');
  parent.members.set(2, 'maintainer');
  const child = addTeam(state, 61, 'payments', 60);
  child.repositories.set(901, 'pull');
  child.members.set(3, 'member');
  const fork = addRepository(state, 903, 'fork');
  fork.forkOf = 'acme/billing';
  for (let id = 1; id <= 5; id++) {
    state.deliveries.push(delivery(id, id === 4 ? { status: 'timed out', statusCode: 0 } : {}));
  }
  state.deliveries.push(delivery(6, { statusCode: 500, status: 'Internal Server Error' }));
  state.deliveries.push(delivery(0, { deliveredAt: new Date(Date.now() - 80 * HOUR).toISOString() }));
  api = await startApi(state);
});
afterAll(() => api.stop());

const seconds = () => Math.floor(Date.now() / 1000);
const asApp = (path: string, init: RequestInit = {}) =>
  rest(api, path, makeJwt({ iss: state.app.id, iat: seconds() - 30, exp: seconds() + 540 }), init);
const logins = (body: { login: string }[]) => body.map(({ login }) => login);

describe('organizations and teams by REST', () => {
  it('show members, roles and invitations', async () => {
    expect(logins((await rest(api, '/orgs/ACME/members')).body)).toEqual(['owner', 'ann', 'bob']);
    expect(logins((await rest(api, '/organizations/501/members?role=admin')).body)).toEqual(['owner']);
    expect((await rest(api, '/orgs/acme/memberships/owner')).body).toMatchObject({
      role: 'admin',
      state: 'active',
    });
    expect((await rest(api, '/orgs/acme/memberships/invited')).body).toMatchObject({ state: 'pending' });
    expect((await rest(api, '/orgs/acme/memberships/outside')).status).toBe(404);
    expect(logins((await rest(api, '/orgs/acme/outside_collaborators')).body)).toEqual(['outside']);
    expect((await rest(api, '/orgs/none')).status).toBe(404);
  });

  it('show a team by slug and by id, with the members of its child teams', async () => {
    const bySlug = await rest(api, '/orgs/acme/teams/payments');
    const byId = await rest(api, '/organizations/501/team/61');
    expect(byId.body).toEqual(bySlug.body);
    expect(byId.body).toMatchObject({
      id: 61,
      parent: { id: 60 },
      members_count: 1,
      organization: { login: 'acme' },
    });
    const { body } = await rest(api, '/organizations/501/team/60/members');
    expect(body).toMatchObject([
      { login: 'ann', role: 'maintainer', inherited: false },
      { login: 'bob', role: 'member', inherited: true },
    ]);
    expect((await rest(api, '/organizations/501/team/99')).status).toBe(404);
  });

  it('show the repositories of a team, those of its parent too', async () => {
    const { body } = await rest(api, '/organizations/501/team/61/repos');
    expect(body).toMatchObject([
      { id: 900, role_name: 'maintain', permissions: { maintain: true, admin: false } },
      { id: 901, role_name: 'read', permissions: { pull: true, triage: false } },
    ]);
  });
});

describe('repositories by REST', () => {
  it('show collaborators with the highest role over all sources', async () => {
    const roles = async (affiliation: string) =>
      (await rest(api, `/repos/acme/billing/collaborators?affiliation=${affiliation}`)).body.map(
        ({ login, role_name }: { login: string; role_name: string }) => `${login} ${role_name}`,
      );
    expect(await roles('direct')).toEqual(['ann maintain', 'outside triage']);
    expect(await roles('outside')).toEqual(['outside triage']);
    expect(await roles('all')).toEqual(['owner admin', 'ann maintain', 'bob maintain', 'outside triage']);
  });

  it.each([
    ['billing', 'owner', 'admin', 'admin'],
    ['billing', 'bob', 'write', 'maintain'],
    ['billing', 'outside', 'read', 'triage'],
    ['internal', 'ann', 'read', 'read'],
    ['internal', 'outside', 'none', 'none'],
    ['secret', 'ann', 'none', 'none'],
    ['secret', 'invited', 'none', 'none'],
  ])('show the permission on %s of %s: %s, %s', async (name, login, permission, role) => {
    const { body } = await rest(api, `/repos/acme/${name}/collaborators/${login}/permission`);
    expect(body).toMatchObject({ permission, role_name: role, user: { login } });
  });

  it('show no permission of a suspended user, and no list has him', async () => {
    const user = state.users.get(3);
    if (user === undefined) throw new Error('no bob');
    user.suspended = true;
    expect((await rest(api, '/repos/acme/billing/collaborators/bob/permission')).body.permission).toBe(
      'none',
    );
    const lists = [
      '/orgs/acme/members',
      '/orgs/acme/teams/payments/members',
      '/repos/acme/billing/collaborators',
    ];
    for (const list of lists) expect(logins((await rest(api, list)).body)).not.toContain('bob');
    user.suspended = false;
  });

  it('redirect from a former name to the id, until another repository takes the name', async () => {
    const repository = state.repositories.get(902);
    if (repository === undefined) throw new Error('no secret');
    repository.name = 'renamed';
    state.formerNames.set('acme/secret', 902);
    const moved = await rest(api, '/repos/acme/secret/collaborators?per_page=1');
    expect(moved.status).toBe(301);
    expect(moved.headers.get('location')).toBe(`${api.url}/repositories/902/collaborators?per_page=1`);
    const { data } = await api.octokit.request('GET /repos/{owner}/{repo}', {
      owner: 'acme',
      repo: 'secret',
    });
    expect(data.full_name).toBe('acme/renamed');
    addRepository(state, 990, 'secret');
    expect((await rest(api, '/repos/acme/secret')).body.id).toBe(990);
    expect((await rest(api, '/repositories/902')).body.name).toBe('renamed');
  });

  it('show forks, archived and blocked repositories', async () => {
    expect((await rest(api, '/repos/acme/fork')).body).toMatchObject({ fork: true, parent: { id: 900 } });
    const repository = state.repositories.get(903);
    if (repository === undefined) throw new Error('no fork');
    Object.assign(repository, { archived: true, disabled: true });
    expect((await rest(api, '/repos/acme/fork')).body).toMatchObject({ archived: true, disabled: true });
    const blocked = await rest(api, '/repos/acme/fork/zipball/main');
    expect([blocked.status, blocked.body.message]).toEqual([403, 'Repository access blocked']);
  });

  it('have the headers that every answer has', async () => {
    const { headers } = await rest(api, '/repos/acme/billing');
    expect(headers.get('x-github-request-id')).toMatch(/^([0-9A-F]{4}:){5}[0-9A-F]{4}$/);
    expect(headers.get('x-github-media-type')).toBe('github.v3; format=json');
    expect((await rest(api, '/no/such/path')).body).toMatchObject({ message: 'Not Found', status: '404' });
  });
});

describe('the log of deliveries', () => {
  it('goes back three days, newest first, by cursor', async () => {
    const first = await asApp('/app/hook/deliveries?per_page=4');
    expect(first.body.map(({ id }: { id: number }) => id)).toEqual([6, 5, 4, 3]);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await asApp(next);
    expect(second.body.map(({ id }: { id: number }) => id)).toEqual([2, 1]);
    expect(second.headers.get('link')).toBeNull();
  });

  it('has no time-outs among its failures', async () => {
    const { body } = await asApp('/app/hook/deliveries?status=failure');
    expect(body.map(({ id }: { id: number }) => id)).toEqual([6]);
  });

  it('shows one delivery with its payload, and sends it again', async () => {
    const { body } = await asApp('/app/hook/deliveries/4');
    expect(body).toMatchObject({
      guid: 'guid-4',
      status: 'timed out',
      request: { payload: { ref: 'refs/heads/main' } },
    });
    expect((await asApp('/app/hook/deliveries/4/attempts', { method: 'POST' })).status).toBe(202);
    expect(api.redelivered).toEqual([4]);
    expect((await asApp('/app/hook/deliveries/0/attempts', { method: 'POST' })).status).toBe(404);
    expect((await rest(api, '/app/hook/deliveries')).status).toBe(401);
  });
});
