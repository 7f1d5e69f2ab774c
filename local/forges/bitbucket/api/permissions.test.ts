import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BitbucketFixture, startFixture } from '../simulator-fixture.ts';

let bitbucket: BitbucketFixture;
beforeAll(async () => {
  bitbucket = await startFixture();
});
afterAll(() => bitbucket.close());

type Row = { user: { nickname: string }; repository: { name: string }; permission: string };
const rows = (body: { values: Row[] }): string[] =>
  body.values.map(({ user, repository, permission }) => `${user.nickname} ${repository.name} ${permission}`);

const list = '/2.0/workspaces/acme/permissions/repositories';

describe("everybody's permissions", () => {
  it('are effective, and shown to owners of the workspace only', async () => {
    const { body } = await bitbucket.json('alice', `${list}?pagelen=100`);
    expect(rows(body)).toContain('ann money write');
    expect(rows(body)).toHaveLength(8);
    expect((await bitbucket.api('ann', list)).status).toBe(403);
    expect((await bitbucket.api('carl', list)).status).toBe(403);
  });

  it('lack those from projects in the other variant', async () => {
    await bitbucket.simulator.changes.run('set-variant', { listsProjectGrants: false });
    const { body } = await bitbucket.json('alice', `${list}?q=user.nickname="ann"`);
    expect(rows(body)).toEqual(['ann money read']);
    // A person's own are whole.
    const own = await bitbucket.json('ann', '/2.0/user/workspaces/acme/permissions/repositories');
    expect(rows(own.body)).toEqual(['ann money write', 'ann clock write']);
    await bitbucket.simulator.changes.run('set-variant', { listsProjectGrants: true });
  });

  it('of one repository are shown to its administrators', async () => {
    const { body } = await bitbucket.json('alice', `${list}/money`);
    expect(rows(body)).toEqual([
      ...['alice money admin', 'ann money write', 'bob money read', 'olga money read'],
    ]);
    expect((await bitbucket.api('ann', `${list}/money`)).status).toBe(403);
    expect((await bitbucket.api('bob', `${list}/clock`)).status).toBe(404);
  });
});

it('a grant is seen at once', async () => {
  const { changes } = bitbucket.simulator;
  await changes.run('set-repository-permission', {
    repository: 'acme/clock',
    user: 'bob',
    permission: 'read',
  });
  const { body } = await bitbucket.json('alice', `${list}?q=user.nickname="bob"`);
  expect(rows(body)).toContain('bob clock read');
  await changes.run('set-repository-permission', { repository: 'acme/clock', user: 'bob', permission: null });
});

describe('explicit permissions', () => {
  it('of projects name users and groups', async () => {
    const groups = '/2.0/workspaces/acme/projects/CORE/permissions-config/groups';
    const { body } = await bitbucket.json('alice', groups);
    expect(body.values).toMatchObject([
      { permission: 'create-repo', group: { slug: 'core-developers' }, project: { key: 'CORE' } },
    ]);
    expect((await bitbucket.api('ann', groups)).status).toBe(403);
  });

  it('of repositories, too, and take no filter', async () => {
    const base = '/2.0/repositories/acme/money/permissions-config';
    const users = await bitbucket.json('alice', `${base}/users?q=permission="admin"`);
    expect(users.body.values).toMatchObject([{ permission: 'read', user: { nickname: 'olga' } }]);
    const groups = await bitbucket.json('alice', `${base}/groups`);
    expect(groups.body.values).toMatchObject([{ permission: 'read', group: { name: 'Readers' } }]);
  });
});

describe('members', () => {
  const roles = (body: { values: { user: { nickname: string }; permission: string }[] }) =>
    body.values.map(({ user, permission }) => `${user.nickname} ${permission}`);

  it('are listed without collaborators, who have a level', async () => {
    const members = await bitbucket.json('bob', '/2.0/workspaces/acme/members');
    const nicknames = members.body.values.map((each: { user: { nickname: string } }) => each.user.nickname);
    expect(nicknames).toEqual(['alice', 'ann', 'bob']);
    const levels = await bitbucket.json('alice', '/2.0/workspaces/acme/permissions');
    expect(roles(levels.body)).toEqual(['alice owner', 'ann member', 'bob member', 'olga collaborator']);
  });

  it('see their own level, and owners that of all', async () => {
    const own = await bitbucket.json('ann', '/2.0/workspaces/acme/permissions');
    expect(roles(own.body)).toEqual(['ann member']);
    const level = await bitbucket.json('ann', '/2.0/user/workspaces/acme/permission');
    expect(level.body).toMatchObject({ permission: 'member', workspace: { slug: 'acme' } });
    expect((await bitbucket.api('ann', '/2.0/user/workspaces/other/permission')).status).toBe(403);
  });

  it('have no dates and no collaborators once they are administered by Atlassian', async () => {
    expect((await bitbucket.json('alice', '/2.0/workspaces/acme/permissions')).body.values[0]).toHaveProperty(
      'added_on',
    );
    await bitbucket.simulator.changes.run('set-variant', { administration: 'atlassian' });
    const { body } = await bitbucket.json('alice', '/2.0/workspaces/acme/permissions');
    expect(roles(body)).toEqual(['alice owner', 'ann member', 'bob member']);
    expect(body.values[0]).not.toHaveProperty('added_on');
    await bitbucket.simulator.changes.run('set-variant', { administration: 'bitbucket' });
  });

  it('are found by e-mail address, which only administrators see', async () => {
    const path = '/2.0/workspaces/acme/members?q=user.email IN ("alice@example.com")';
    const { body } = await bitbucket.json('alice', path);
    expect(body.values).toMatchObject([{ user: { nickname: 'alice', email: 'alice@example.com' } }]);
    expect((await bitbucket.api('bob', path)).status).toBe(400);
  });
});

it('the workspaces that somebody administers are told apart', async () => {
  const { body } = await bitbucket.json('alice', '/2.0/user/workspaces?administrator=true');
  expect(body.values).toMatchObject([{ administrator: true, workspace: { slug: 'acme' } }]);
  expect((await bitbucket.json('ann', '/2.0/user/workspaces?administrator=true')).body.values).toEqual([]);
  expect((await bitbucket.json('ann', '/2.0/user/workspaces')).body.values).toHaveLength(1);
});

describe('the groups of API 1.0', () => {
  const path = '/1.0/groups/acme';

  it('come with their members to administrators, by the slug only', async () => {
    const { body } = await bitbucket.json('alice', path);
    expect(body).toMatchObject([
      { slug: 'core-developers', members: [{ nickname: 'ann' }] },
      { name: 'Readers', members: [{ nickname: 'ann' }, { nickname: 'bob' }] },
    ]);
    const { uuid } = bitbucket.workspace('acme');
    expect((await bitbucket.api('alice', `/1.0/groups/${encodeURIComponent(uuid)}`)).status).toBe(405);
    expect((await bitbucket.api('ann', path)).status).toBe(403);
  });

  it.each([
    ['empty', 200, []],
    ['not-found', 404, { type: 'error' }],
    ['removed', 410, { error: { data: { announcement_url: expect.any(String) } } }],
  ] as const)('may be %s', async (groups, status, body) => {
    await bitbucket.simulator.changes.run('set-variant', { groups });
    expect(await bitbucket.json('alice', path)).toMatchObject({ status, body });
    await bitbucket.simulator.changes.run('set-variant', { groups: 'served' });
  });
});
