import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestClock, type GitLabFixture, startFixture } from '../simulator-fixture.ts';

const clock = createTestClock();
let gitLab: GitLabFixture;
beforeEach(async () => {
  gitLab = await startFixture({ clock });
});
afterEach(() => gitLab.close());

const send = async (token: unknown, path: string, method = 'GET', body?: object) => {
  const response = await gitLab.api(undefined, path, {
    method,
    headers: { 'private-token': `${token}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: JSON.parse(await response.text()) };
};
const self = '/personal_access_tokens/self';

it('a token tells its scopes, its end and whether it is active', async () => {
  const { token } = await gitLab.simulator.changes.run('create-token', {
    user: 'ann',
    name: 'registry',
    scopes: ['read_api'],
    expires: '2026-12-31',
  });
  expect((await send(token, self)).json).toMatchObject({
    name: 'registry',
    scopes: ['read_api'],
    expires_at: '2026-12-31',
    active: true,
    user_id: gitLab.user('ann').id,
  });
  clock.step(Date.UTC(2026, 11, 31) - clock.now());
  expect(await send(token, self)).toMatchObject({ status: 401, json: { error: 'invalid_token' } });
});

it("a group's token is that of a bot with a level, which is a member", async () => {
  const { token } = await gitLab.simulator.changes.run('create-token', {
    source: 'acme',
    scopes: ['read_api'],
    level: 'reporter',
  });
  expect((await send(token, '/user')).json).toMatchObject({ bot: true });
  expect((await send(token, '/groups/acme/members')).json).toHaveLength(3);
  expect((await send(token, '/projects/acme%2Fcore%2Fmoney/repository/tags')).status).toBe(200);
  expect(await send(token, '/projects/acme%2Fcore%2Fmoney/hooks', 'POST', {})).toMatchObject({
    status: 403,
    json: { error: 'insufficient_scope', scope: 'api' },
  });
});

it('tokens of groups and projects need the paid plan on GitLab.com', async () => {
  await gitLab.simulator.changes.run('set-variant', { offering: 'gitlab.com', plan: 'free' });
  const made = gitLab.simulator.changes.run('create-token', { source: 'acme', scopes: ['read_api'] });
  await expect(made).rejects.toThrow('the plan has no tokens of groups and projects');
});

describe('rotation', () => {
  const rotating = async (scopes: ('api' | 'read_api' | 'self_rotate')[]) => {
    const { token } = await gitLab.simulator.changes.run('create-token', {
      source: 'acme',
      scopes,
      level: 'owner',
    });
    return token;
  };

  it('replaces a token, by default for a week', async () => {
    const old = await rotating(['api']);
    const { json } = await send(old, '/groups/acme/access_tokens/self/rotate', 'POST');
    const week = new Date(clock.now() + 7 * 24 * 60 * 60_000).toISOString().slice(0, 10);
    expect(json).toMatchObject({ scopes: ['api'], active: true, expires_at: week });
    expect((await send(json.token, self)).status).toBe(200);
    const later = await send(json.token, `${self}/rotate`, 'POST', { expires_at: '2027-01-31' });
    expect(later.json.expires_at).toBe('2027-01-31');
  });

  it('revokes the new token when the old one asks for rotation again, and not when it is used otherwise', async () => {
    const old = await rotating(['api']);
    const { json } = await send(old, `${self}/rotate`, 'POST');
    expect((await send(old, '/user')).status).toBe(401);
    expect((await send(json.token, '/user')).status).toBe(200);
    expect((await send(old, `${self}/rotate`, 'POST')).status).toBe(401);
    expect((await send(json.token, '/user')).status).toBe(401);
  });

  it('keeps the token when its successor is to live longer than a year', async () => {
    const old = await rotating(['api']);
    const beyond = new Date(clock.now() + 366 * 24 * 60 * 60_000).toISOString().slice(0, 10);
    expect((await send(old, `${self}/rotate`, 'POST', { expires_at: beyond })).status).toBe(400);
    expect((await send(old, '/user')).status).toBe(200);
  });

  it('of a group is for tokens of that group alone', async () => {
    const { token } = await gitLab.simulator.changes.run('create-token', { user: 'ann', scopes: ['api'] });
    expect((await send(token, '/groups/acme/access_tokens/self/rotate', 'POST')).status).toBe(405);
    const other = await rotating(['api']);
    expect((await send(other, '/groups/partners/access_tokens/self/rotate', 'POST')).status).not.toBe(200);
  });

  it('needs the scope api, or self_rotate where it exists', async () => {
    expect((await send(await rotating(['read_api']), `${self}/rotate`, 'POST')).status).toBe(403);
    expect((await send(await rotating(['read_api', 'self_rotate']), `${self}/rotate`, 'POST')).status).toBe(
      200,
    );
    await gitLab.simulator.changes.run('set-variant', { version: '17.8' });
    await expect(rotating(['read_api', 'self_rotate'])).rejects.toThrow('no scope self_rotate');
  });
});
