import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiScope, Scope } from '../scopes.ts';
import { type BitbucketFixture, startFixture } from '../simulator-fixture.ts';
import { smallWorld } from '../test-world.ts';

let bitbucket: BitbucketFixture;
beforeAll(async () => {
  bitbucket = await startFixture();
});
afterAll(() => bitbucket.close());

const basic = (user: string, token: unknown): string =>
  `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;

async function apiToken(user: string, scopes: ApiScope[], expires?: string): Promise<string> {
  const { changes } = bitbucket.simulator;
  const { token } = await changes.run('create-api-token', { user, scopes, ...(expires && { expires }) });
  return basic(bitbucket.account(user).email, token);
}

async function accessToken(
  of: { workspace?: string; project?: string; repository?: string },
  scopes: Scope[],
): Promise<string> {
  const { token } = await bitbucket.simulator.changes.run('create-access-token', { ...of, scopes });
  return `Bearer ${token}`;
}

const money = '/2.0/repositories/acme/money';

describe('API tokens', () => {
  it('come with the e-mail address of their owner', async () => {
    const token = await apiToken('ann', ['read:user:bitbucket']);
    const { body } = await bitbucket.json(token, '/2.0/user');
    expect(body).toMatchObject({
      nickname: 'ann',
      uuid: bitbucket.account('ann').uuid,
      account_status: 'active',
    });
    const value = Buffer.from(token.slice(6), 'base64').toString().split(':')[1];
    for (const header of [
      basic('bob@users.noreply.bitbucket.example', value),
      basic('ann', value),
      `Bearer ${value}`,
    ]) {
      expect((await bitbucket.api(header, '/2.0/user')).status).toBe(401);
    }
    expect((await bitbucket.api(undefined, '/2.0/user')).status).toBe(401);
  });

  it('end with their day, when they are revoked, and with the account', async () => {
    const { changes } = bitbucket.simulator;
    const past = await apiToken('ann', ['read:user:bitbucket'], '2026-06-15');
    expect((await bitbucket.api(past, '/2.0/user')).status).toBe(401);
    const id = bitbucket.state.nextId;
    const token = await apiToken('ann', ['read:user:bitbucket']);
    await changes.run('revoke-token', { id });
    expect((await bitbucket.api(token, '/2.0/user')).status).toBe(401);
    await changes.run('set-user', { user: 'bob', state: 'deactivated' });
    expect((await bitbucket.api('bob', '/2.0/user')).status).toBe(401);
    await changes.run('set-user', { user: 'bob', state: 'active' });
  });

  it('need every scope of a call by itself; a refusal says which', async () => {
    const token = await apiToken('alice', ['read:repository:bitbucket', 'write:webhook:bitbucket']);
    expect((await bitbucket.api(token, money)).status).toBe(200);
    const refused = await bitbucket.json(token, '/2.0/workspaces/acme/hooks', { method: 'POST', body: '{}' });
    expect(refused.status).toBe(403);
    expect(refused.body.error).toEqual({
      message: 'Your credentials lack one or more required privilege scopes.',
      detail: {
        required: ['read:webhook:bitbucket', 'write:webhook:bitbucket'],
        granted: ['read:repository:bitbucket', 'write:webhook:bitbucket'],
      },
    });
  });

  it('are told of in every answer', async () => {
    const { headers } = await bitbucket.api(await apiToken('ann', ['read:repository:bitbucket']), money);
    expect(headers.get('x-oauth-scopes')).toBe('read:repository:bitbucket');
    expect(headers.get('x-accepted-oauth-scopes')).toBe('read:repository:bitbucket');
    expect(headers.get('x-credential-type')).toBe('api_token');
  });
});

describe('access tokens', () => {
  it('reach what they belong to', async () => {
    const of = {
      workspace: await accessToken({ workspace: 'acme' }, ['repository']),
      project: await accessToken({ project: 'acme/SITE' }, ['repository']),
      repository: await accessToken({ repository: 'acme/money' }, ['repository']),
    };
    const status = async (header: string, path: string) => (await bitbucket.api(header, path)).status;
    expect(await status(of.workspace, money)).toBe(200);
    expect(await status(of.repository, money)).toBe(200);
    expect(await status(of.project, money)).toBe(404);
    expect(await status(of.project, '/2.0/repositories/acme/empty')).toBe(200);
    expect(await status(of.repository, '/2.0/repositories/acme/clock')).toBe(404);
    expect(await status(of.workspace, '/2.0/repositories/other/secret')).toBe(404);
  });

  it('never read permissions', async () => {
    const token = await accessToken({ workspace: 'acme' }, [
      ...(['account', 'project:admin', 'repository:admin', 'repository'] as const),
    ]);
    for (const path of [
      '/2.0/workspaces/acme/permissions',
      '/2.0/workspaces/acme/permissions/repositories',
      '/2.0/user/workspaces/acme/permissions/repositories',
      `${money}/permissions-config/users`,
    ]) {
      expect((await bitbucket.api(token, path)).status).toBe(403);
    }
    expect((await bitbucket.api(token, '/2.0/workspaces/acme/members')).status).toBe(200);
  });

  it('have the scopes of their kind, and on Free only repositories have any', async () => {
    await expect(accessToken({ repository: 'acme/money' }, ['account'])).rejects.toThrow('has no account');
    await expect(accessToken({ project: 'acme/CORE' }, ['project:admin'])).rejects.toThrow('project:admin');
    const free = await startFixture({ variant: { plan: 'free' } });
    const create = free.simulator.changes.run('create-access-token', { scopes: ['repository'] });
    await expect(create).rejects.toThrow('the plan has no tokens of workspaces');
    await free.close();
  });

  it('of a repository end when it moves to another workspace', async () => {
    const own = await startFixture();
    const { changes } = own.simulator;
    const of = { repository: 'acme/clock', scopes: ['repository' as const] };
    const { token } = await changes.run('create-access-token', of);
    const { uuid } = own.repository('acme/clock');
    await changes.run('transfer-repository', { repository: 'acme/clock', project: 'other/X' });
    expect((await own.api(`Bearer ${token}`, '/2.0/repositories/other/clock')).status).toBe(401);
    expect((await own.json('carl', '/2.0/repositories/other/clock')).body.uuid).toBe(uuid);
    expect((await own.api('alice', '/2.0/repositories/acme/clock')).status).toBe(404);
    await own.close();
  });
});

it('what everybody may read needs no credential, and a bad one is refused still', async () => {
  expect((await bitbucket.api(undefined, '/2.0/repositories/acme/blog')).status).toBe(200);
  expect((await bitbucket.api('carl', '/2.0/repositories/acme/blog')).status).toBe(200);
  expect((await bitbucket.api('Bearer nonsense', '/2.0/repositories/acme/blog')).status).toBe(401);
  expect((await bitbucket.api(undefined, `${money}?access_token=ATATT-ann_x`)).status).toBe(404);
  expect(smallWorld).toContain('private: false');
});
