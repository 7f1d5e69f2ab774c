import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClock, type GitLabFixture, startFixture } from '../simulator-fixture.ts';

const redirectUri = 'http://registry.example/sign-in/callback';
const clock = createTestClock();
let gitLab: GitLabFixture;
beforeAll(async () => {
  const scopes = ['read_user', 'read_api', 'api'] as const;
  gitLab = await startFixture({
    clock,
    root: '/gitlab',
    applications: [{ name: 'registry', redirectUris: [redirectUri], scopes }],
  });
});
afterAll(() => gitLab.close());

const verifier = randomBytes(32).toString('base64url');
const parameters = (more: Record<string, string> = {}) => ({
  client_id: gitLab.simulator.application('registry').clientId,
  redirect_uri: redirectUri,
  response_type: 'code',
  state: 'state-1',
  scope: 'read_user read_api',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
  ...more,
});
const post = (path: string, form: Record<string, string>) =>
  fetch(`${gitLab.simulator.addresses.web}${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
const consent = async (login: string, more: Record<string, string> = {}): Promise<URLSearchParams> => {
  const response = await post('/oauth/authorize', { ...parameters(more), login });
  return new URL(response.headers.get('location') ?? 'http://none').searchParams;
};
const client = () => {
  const { clientId, clientSecret } = gitLab.simulator.application('registry');
  return { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri };
};
const exchange = async (form: Record<string, string>) => {
  const response = await post('/oauth/token', { ...client(), ...form });
  return { status: response.status, json: JSON.parse(await response.text()) };
};
const signIn = async (login = 'ann', more: Record<string, string> = {}) => {
  const code = (await consent(login, more)).get('code') ?? '';
  return (await exchange({ grant_type: 'authorization_code', code, code_verifier: verifier })).json;
};
const ask = async (token: string, path: string, method = 'GET') =>
  (await gitLab.api(undefined, path, { method, headers: { authorization: `Bearer ${token}` } })).status;

describe('the sign-in page', () => {
  it('lets choose an active person, and returns with a code below a relative URL root', async () => {
    const page = await fetch(
      `${gitLab.simulator.addresses.web}/oauth/authorize?${new URLSearchParams(parameters())}`,
    );
    const text = await page.text();
    expect(text).toContain('action="/gitlab/oauth/authorize"');
    expect(text).toContain('alice (Alice Ames)');
    const back = await consent('ann');
    expect(back.get('state')).toBe('state-1');
    expect(back.get('code')).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['client_id', 'none'],
    ['redirect_uri', `${redirectUri}/more`],
  ])('shows a wrong %s to the person and not to the address', async (name, value) => {
    const response = await post('/oauth/authorize', { ...parameters({ [name]: value }), login: 'ann' });
    expect([response.status, response.headers.get('location')]).toEqual([401, null]);
  });

  it.each([
    [{ scope: 'read_user sudo' }, 'invalid_scope'],
    [{ code_challenge_method: 'plain' }, 'invalid_code_challenge_method'],
    [{ cancel: 'true' }, 'access_denied'],
  ])('reports %o', async (more, error) => {
    const back = await consent('ann', Object.fromEntries(Object.entries(more)));
    expect(back.get('error')).toBe(error);
  });
});

describe('tokens', () => {
  it('act for the person within their scopes, for two hours', async () => {
    const tokens = await signIn();
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 7200, scope: 'read_user read_api' });
    expect(await ask(tokens.access_token, '/user')).toBe(200);
    expect(await ask(tokens.access_token, '/projects/acme%2Fcore%2Fmoney/hooks', 'POST')).toBe(403);
    const narrow = await signIn('ann', { scope: 'read_user' });
    expect([await ask(narrow.access_token, '/user'), await ask(narrow.access_token, '/groups')]).toEqual([
      200, 403,
    ]);
    clock.step(7200 * 1000);
    expect(await ask(tokens.access_token, '/user')).toBe(401);
  });

  it('are issued once for a code, its verifier and its address', async () => {
    const code = (await consent('ann')).get('code') ?? '';
    const wrong = await exchange({ grant_type: 'authorization_code', code, code_verifier: 'wrong' });
    expect(wrong).toMatchObject({ status: 400, json: { error: 'invalid_grant' } });
    const late = await exchange({ grant_type: 'authorization_code', code, code_verifier: verifier });
    expect(late.json.error).toBe('invalid_grant');
    const unknown = await exchange({ grant_type: 'authorization_code', code, client_secret: 'wrong' });
    expect(unknown).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
  });

  it('are refreshed once; a second use of a refresh token ends the grant', async () => {
    const first = await signIn();
    const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
    const [one, other] = await Promise.all([exchange(refresh), exchange(refresh)]);
    expect([one.status, other.status].sort()).toEqual([200, 400]);
    const winner = one.status === 200 ? one.json : other.json;
    expect(await ask(winner.access_token, '/user')).toBe(401);
    const again = await exchange({ grant_type: 'refresh_token', refresh_token: winner.refresh_token });
    expect(again.json.error).toBe('invalid_grant');
  });

  it('that were refreshed stop at once, and refreshing needs the same address', async () => {
    const first = await signIn();
    const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
    expect((await exchange({ ...refresh, redirect_uri: 'http://other.example/' })).json.error).toBe(
      'invalid_grant',
    );
    const second = (await exchange(refresh)).json;
    expect(await ask(first.access_token, '/user')).toBe(401);
    expect(await ask(second.access_token, '/user')).toBe(200);
  });

  it('are shown and revoked', async () => {
    const { access_token: token } = await signIn();
    const info = async () => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${gitLab.simulator.addresses.web}/oauth/token/info`, { headers });
      return response.json();
    };
    expect(await info()).toMatchObject({
      resource_owner_id: gitLab.user('ann').id,
      scope: ['read_user', 'read_api'],
      expires_in: 7200,
    });
    expect((await post('/oauth/revoke', { ...client(), token })).status).toBe(200);
    expect(await info()).toMatchObject({ error: 'invalid_token' });
  });
});

it('nothing is served above the relative URL root', async () => {
  const { web } = gitLab.simulator.addresses;
  expect((await fetch(`${new URL(web).origin}/api/v4/version`)).status).toBe(404);
});
