import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitLabFixture, startFixture } from '../simulator-fixture.ts';

let gitLab: GitLabFixture;
beforeAll(async () => {
  gitLab = await startFixture();
});
afterAll(() => gitLab.close());

const read = async (username: string | undefined, path: string) => {
  const response = await gitLab.api(username, path);
  const text = await response.text();
  return { response, status: response.status, json: text === '' ? undefined : JSON.parse(text) };
};
const pathsOf = (json: { full_path?: string; path_with_namespace?: string }[]) =>
  json.map(({ full_path, path_with_namespace }) => full_path ?? path_with_namespace);

describe('people', () => {
  it('are told who they are', async () => {
    const { json } = await read('alice', '/user');
    expect(json).toMatchObject({
      id: gitLab.user('alice').id,
      username: 'alice',
      email: 'alice@example.com',
    });
    expect(json.is_admin).toBeUndefined();
  });

  it.each([
    [undefined, 401, { message: '401 Unauthorized' }],
    ['nobody', 401, { message: '401 Unauthorized' }],
  ])('without an account are refused: %s', async (username, status, json) => {
    expect(await read(username, '/user')).toMatchObject({ status, json });
  });

  it('who are blocked are told so', async () => {
    await gitLab.simulator.changes.run('set-user', { user: 'carl', state: 'blocked' });
    expect(await read('carl', '/user')).toMatchObject({
      status: 403,
      json: { message: '403 Forbidden - Your account has been blocked.' },
    });
    await gitLab.simulator.changes.run('set-user', { user: 'carl', state: 'active' });
  });
});

describe('groups', () => {
  it('are listed by ownership, level and depth', async () => {
    expect(pathsOf((await read('alice', '/groups?owned=true')).json)).toEqual(['acme', 'acme/core']);
    expect(pathsOf((await read('alice', '/groups?min_access_level=50&top_level_only=true')).json)).toEqual([
      'acme',
    ]);
    expect(pathsOf((await read('ann', '/groups?min_access_level=30')).json)).toEqual(['acme/core']);
  });

  it('reached through an invited group are missing with a least level', async () => {
    expect(pathsOf((await read('carl', '/groups?min_access_level=20')).json)).toEqual(['partners']);
    expect((await read('carl', '/groups/acme%2Fcore')).status).toBe(200);
  });

  it('show the groups that are invited to them, each with level and end', async () => {
    await gitLab.simulator.changes.run('set-member', { source: 'partners', user: 'alice', level: 'guest' });
    const { json } = await read('alice', '/groups/acme%2Fcore');
    expect(json.shared_with_groups).toEqual([
      {
        group_id: gitLab.group('partners').id,
        group_name: 'partners',
        group_full_path: 'partners',
        group_access_level: 20,
        expires_at: '2027-01-01',
      },
    ]);
    await gitLab.simulator.changes.run('remove-member', { source: 'partners', user: 'alice' });
    // To somebody who does not see it the invited group does not exist.
    expect((await read('alice', '/groups/acme%2Fcore')).json.shared_with_groups).toEqual([]);
  });

  it('that one does not see do not exist', async () => {
    expect(await read('bob', '/groups/partners')).toMatchObject({
      status: 404,
      json: { message: '404 Group Not Found' },
    });
  });
});

describe('members', () => {
  it('are direct, or all with inherited and invited ones', async () => {
    const names = async (path: string) =>
      (await read('alice', path)).json.map(({ username }: { username: string }) => username);
    expect(await names('/groups/acme%2Fcore/members')).toEqual(['ann']);
    expect(await names('/groups/acme%2Fcore/members/all')).toEqual(['alice', 'ann', 'bob', 'carl']);
    const money = gitLab.project('acme/core/money').id;
    expect(await names(`/projects/${money}/members`)).toEqual([]);
    expect(await names(`/projects/${money}/members/all`)).toEqual(['alice', 'ann', 'bob', 'carl']);
  });

  it('are found by their id, also through an invited group', async () => {
    const { id } = gitLab.user('carl');
    expect(await read('alice', `/groups/acme%2Fcore/members/all/${id}`)).toMatchObject({
      status: 200,
      json: { access_level: 20, membership_state: 'active', member_role: null },
    });
    expect((await read('alice', `/groups/acme%2Fcore/members/${id}`)).json).toEqual({
      message: '404 Not found',
    });
  });
});

it('the last owner of a top-level group stays until there is another one', async () => {
  const { run } = gitLab.simulator.changes;
  const leave = () => run('remove-member', { source: 'acme', user: 'alice' });
  const lower = () => run('set-member', { source: 'acme', user: 'alice', level: 'maintainer' });
  await expect(leave()).rejects.toThrow('alice is the last owner of acme');
  await expect(lower()).rejects.toThrow('alice is the last owner of acme');
  await run('set-member', { source: 'acme', user: 'ann', level: 'owner' });
  await lower();
  await leave();
  await run('set-member', { source: 'acme', user: 'alice', level: 'owner' });
  await run('remove-member', { source: 'acme', user: 'ann' });
});

it('members of a private group are not for who is only in one of its projects', async () => {
  await gitLab.simulator.changes.run('create-user', { user: 'eve' });
  await gitLab.simulator.changes.run('set-member', {
    source: 'acme/core/clock',
    user: 'eve',
    level: 'reporter',
  });
  expect((await read('eve', '/groups/acme')).status).toBe(200);
  expect(await read('eve', '/groups/acme/members')).toMatchObject({
    status: 403,
    json: { message: '403 Forbidden' },
  });
  await gitLab.simulator.changes.run('remove-member', { source: 'acme/core/clock', user: 'eve' });
});

describe('pages', () => {
  it('have totals and links, which keep the parameters of the request', async () => {
    const { response, json } = await read(
      'alice',
      '/groups/acme/projects?include_subgroups=true&per_page=2&order_by=id&sort=asc',
    );
    expect(pathsOf(json)).toEqual(['acme/core/money', 'acme/core/clock']);
    const header = (name: string) => response.headers.get(name);
    expect(header('x-total')).toBe('3');
    expect(header('x-total-pages')).toBe('2');
    expect(header('x-next-page')).toBe('2');
    expect(header('x-prev-page')).toBe('');
    const next = /<([^>]+)>; rel="next"/.exec(header('link') ?? '')?.[1] ?? '';
    expect(new URL(next).searchParams.get('include_subgroups')).toBe('true');
    const second = await read('alice', next.slice(next.indexOf('/api/v4') + 7));
    expect(pathsOf(second.json)).toEqual(['acme/core/empty']);
  });

  it('of projects are read by keyset, too', async () => {
    const first = await read(
      'alice',
      '/projects?pagination=keyset&order_by=id&sort=asc&per_page=2&membership=true',
    );
    expect(first.response.headers.get('x-total')).toBeNull();
    const next = /id_after=(\d+)/.exec(first.response.headers.get('link') ?? '')?.[1];
    expect(next).toBe(`${gitLab.project('acme/core/clock').id}`);
  });

  it('beyond 10,000 items have no totals, and offsets end at 50,000', async () => {
    const { users } = gitLab.state;
    const alice = gitLab.user('alice');
    const first = 1_000_000;
    const count = 10_001 - users.size;
    for (let at = first; at < first + count; at++) {
      users.set(at, { ...alice, id: at, username: `user-${at}` });
    }
    const { response } = await read('alice', '/users?per_page=100&page=2');
    expect([response.headers.get('x-total'), response.headers.get('x-total-pages')]).toEqual([null, null]);
    expect(response.headers.get('x-next-page')).toBe('3');
    expect(response.headers.get('link')).not.toContain('rel="last"');
    expect((await read('alice', '/users?per_page=100&page=501')).status).toBe(405);
    for (let at = first; at < first + count; at++) users.delete(at);
    expect((await read('alice', '/users')).response.headers.get('x-total')).toBe(`${users.size}`);
  });

  it.each(['per_page=0', 'page=x'])('are refused for %s', async (query) => {
    expect((await read('alice', `/groups?${query}`)).status).toBe(400);
  });

  it('can fail, or lack items while totals stay', async () => {
    const { faults } = gitLab.simulator;
    faults.add({ kind: 'short-page', times: 1, match: { list: '/groups/{id}/members/all' } });
    const { json, response } = await read('alice', '/groups/acme%2Fcore/members/all');
    expect([json.length, response.headers.get('x-total')]).toEqual([3, '4']);
    faults.add({ kind: 'failing-page', times: 1 });
    expect((await read('alice', '/groups')).status).toBe(500);
  });
});

describe('projects', () => {
  it('have what a registry reads', async () => {
    const { json } = await read('alice', '/projects/acme%2Fcore%2Fmoney');
    expect(json).toMatchObject({
      path_with_namespace: 'acme/core/money',
      default_branch: 'main',
      empty_repo: false,
      repository_access_level: 'enabled',
      issues_enabled: true,
      marked_for_deletion_on: null,
      shared_with_groups: [],
      permissions: { project_access: null, group_access: { access_level: 50 } },
    });
    expect((await read('alice', '/projects/acme%2Fcore%2Fempty')).json).toMatchObject({
      empty_repo: true,
      default_branch: null,
    });
  });

  it('that moved answer with their id, other methods not at all', async () => {
    await gitLab.simulator.changes.run('rename', { source: 'acme/core/clock', to: 'watch' });
    const { id } = gitLab.project('acme/core/watch');
    const { response } = await read('ann', '/projects/acme%2Fcore%2Fclock/repository/branches?per_page=5');
    expect(response.status).toBe(301);
    expect(response.headers.get('location')).toBe(
      `${gitLab.simulator.addresses.web}/api/v4/projects/${id}/repository/branches?per_page=5`,
    );
    const posted = await gitLab.api('alice', '/projects/acme%2Fcore%2Fclock/hooks', {
      method: 'POST',
      body: '{}',
    });
    expect(posted.status).toBe(405);
    // To whoever does not see it there never was one.
    expect((await read(undefined, '/projects/acme%2Fcore%2Fclock')).status).toBe(404);
  });

  it('that will be deleted are renamed, and stay readable by id', async () => {
    const { id } = gitLab.project('acme/core/empty');
    await gitLab.simulator.changes.run('delete', { source: 'acme/core/empty' });
    expect((await read('alice', `/projects/${id}`)).json).toMatchObject({
      path: `empty-deletion_scheduled-${id}`,
      marked_for_deletion_on: '2026-07-15',
      archived: false,
    });
    await gitLab.simulator.changes.run('restore', { source: `${id}` });
    expect((await read('alice', `/projects/${id}`)).json).toMatchObject({
      path: 'empty',
      marked_for_deletion_on: null,
    });
  });
});
