import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BitbucketFixture, startFixture } from '../simulator-fixture.ts';
import type { Consumer } from '../state.ts';

const callbackUrl = 'http://console.example/callback';
const minute = 60 * 1000;
let bitbucket: BitbucketFixture;
let consumer: Consumer;
beforeAll(async () => {
  bitbucket = await startFixture();
});
afterAll(() => bitbucket.close());
beforeEach(async () => {
  const { changes } = bitbucket.simulator;
  const scopes = ['account', 'repository'] as const;
  await changes.run('register-consumer', { name: 'Repertoire', callbackUrl, scopes: [...scopes] });
  consumer = bitbucket.simulator.consumer('Repertoire');
});

const at = (path: string): string => `${bitbucket.simulator.addresses.web}${path}`;
const query = (more: Record<string, string> = {}) =>
  new URLSearchParams({ client_id: consumer.key, response_type: 'code', state: 's', ...more });

/** Sends the form of the sign-in page. @returns the parameters of the address that it leads to */
async function choose(choice: Record<string, string>): Promise<URLSearchParams> {
  const body = new URLSearchParams({ ...Object.fromEntries(query()), ...choice });
  const response = await fetch(at('/site/oauth2/authorize'), { method: 'POST', body, redirect: 'manual' });
  const location = new URL(response.headers.get('location') ?? '');
  expect(`${location.origin}${location.pathname}`).toBe(callbackUrl);
  return location.searchParams;
}

const clientHeader = (secret = consumer.secret): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(consumer.key)}:${encodeURIComponent(secret)}`).toString('base64')}`;

async function token(fields: Record<string, string>, authorization = clientHeader()) {
  const body = new URLSearchParams(fields);
  const response = await fetch(at('/site/oauth2/access_token'), {
    method: 'POST',
    body,
    headers: { authorization },
  });
  const json = (await response.json()) as Record<string, string>;
  return { status: response.status, json };
}

async function signIn(login = 'ann'): Promise<Record<string, string>> {
  const code = (await choose({ login })).get('code') ?? '';
  return (await token({ grant_type: 'authorization_code', code })).json;
}

const refresh = (refreshToken = '') => token({ grant_type: 'refresh_token', refresh_token: refreshToken });
const whoHas = async (accessToken = '') =>
  (await bitbucket.json(`Bearer ${accessToken}`, '/2.0/user')).body.nickname;

describe('the sign-in page', () => {
  it('shows who can sign in, and names the scopes', async () => {
    await bitbucket.simulator.changes.run('set-user', { user: 'olga', state: 'deactivated' });
    const page = await (await fetch(at(`/site/oauth2/authorize?${query()}`))).text();
    expect(page).toContain('value="alice"');
    expect(page).toContain('account, repository');
    expect(page).not.toContain('value="olga"');
  });

  it('leads back with a code or a refusal, and the state', async () => {
    expect(Object.fromEntries(await choose({ login: 'ann' }))).toEqual({
      code: expect.any(String),
      state: 's',
    });
    expect(Object.fromEntries(await choose({ cancel: 'true' }))).toMatchObject({
      error: 'access_denied',
      state: 's',
    });
  });

  it.each([{ client_id: 'other' }, { redirect_uri: 'http://evil.example/' }])('refuses %j', async (more) => {
    const response = await fetch(at(`/site/oauth2/authorize?${query(more)}`), { redirect: 'manual' });
    expect(response.status).toBe(400);
  });
});

describe('a code', () => {
  it('gives long tokens with the scopes of the consumer', async () => {
    const issued = await signIn();
    expect(issued).toMatchObject({
      ...{ token_type: 'bearer', expires_in: 7200, scope: 'account repository' },
      access_token: expect.any(String),
    });
    expect(issued).not.toHaveProperty('scopes');
    expect(issued.access_token?.length).toBeGreaterThan(2500);
    expect(await whoHas(issued.access_token)).toBe('ann');
    expect((await bitbucket.api(`Bearer ${issued.access_token}`, '/2.0/user/emails')).status).toBe(403);
  });

  it('works once, for its own consumer, sent by Basic in a form', async () => {
    const code = (await choose({ login: 'ann' })).get('code') ?? '';
    const fields = { grant_type: 'authorization_code', code };
    expect((await token(fields, clientHeader('wrong'))).status).toBe(401);
    expect(
      (await token({ ...fields, client_id: consumer.key, client_secret: consumer.secret }, '')).status,
    ).toBe(401);
    expect((await token(fields)).status).toBe(200);
    expect(await token(fields)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } });
    const json = await fetch(at('/site/oauth2/access_token'), {
      ...{ method: 'POST', body: JSON.stringify(fields) },
      headers: { authorization: clientHeader(), 'content-type': 'application/json' },
    });
    expect(json.status).toBe(400);
  });
});

describe('tokens', () => {
  it('end after two hours, and say so', async () => {
    const { access_token: accessToken } = await signIn();
    bitbucket.clock.step(120 * minute);
    const { status, body } = await bitbucket.json(`Bearer ${accessToken}`, '/2.0/user');
    expect(status).toBe(401);
    expect(body.error.message).toContain('access token expired');
  });

  it('are renewed in pairs; a used refresh token works for ten minutes more', async () => {
    const first = await signIn();
    const second = await refresh(first.refresh_token);
    expect(second.json.refresh_token).not.toBe(first.refresh_token);
    expect(await whoHas(second.json.access_token)).toBe('ann');
    // The older access token goes on.
    expect(await whoHas(first.access_token)).toBe('ann');
    bitbucket.clock.step(10 * minute - 1);
    expect((await refresh(first.refresh_token)).status).toBe(200);
    bitbucket.clock.step(1);
    expect(await refresh(first.refresh_token)).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant' },
    });
    expect((await refresh(second.json.refresh_token)).status).toBe(200);
  });

  it('end when nobody uses them for three months, and with the consent', async () => {
    const unused = await signIn();
    bitbucket.clock.step(90 * 24 * 60 * minute);
    expect((await refresh(unused.refresh_token)).status).toBe(400);
    const issued = await signIn();
    await bitbucket.simulator.changes.run('revoke-authorization', { user: 'ann' });
    expect((await refresh(issued.refresh_token)).status).toBe(400);
    expect((await bitbucket.api(`Bearer ${issued.access_token}`, '/2.0/user')).status).toBe(401);
  });

  it('of the consumer itself have no refresh token and are nobody', async () => {
    const { json } = await token({ grant_type: 'client_credentials' });
    expect(json).not.toHaveProperty('refresh_token');
    const bearer = `Bearer ${json.access_token}`;
    expect((await bitbucket.api(bearer, '/2.0/repositories/acme/money')).status).toBe(200);
    expect((await bitbucket.api(bearer, '/2.0/repositories/other/secret')).status).toBe(404);
    expect((await bitbucket.api(bearer, '/2.0/workspaces/acme/permissions/repositories')).status).toBe(403);
  });
});
