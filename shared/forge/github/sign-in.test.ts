/** What GitHub's answers to a sign-in mean. That people get in, and who owns what, test/contracts/forge-contract/sign-in.ts shows. */
import { describe, expect, it } from 'vitest';
import { createMemoryBudgets } from '../budget.ts';
import { ForgeError } from '../errors.ts';
import { type AuthorizationAnswer, SignInError } from '../sign-in.ts';
import { registration } from './registration.ts';
import { secrets as secretsOf, settings as settingsOf } from './settings.ts';
import { signIn } from './sign-in.ts';
import { createTestClock, testKeyPem } from './test-api.ts';

const clock = createTestClock();
const settings = settingsOf.parse({ appId: '7', clientId: 'the client', appSlug: 'repertoire-acme' });
const secrets = secretsOf.parse({ privateKey: 'a', webhookSecret: 'b', clientSecret: 'the client secret' });
const integration = { forge: 'github', settings, secrets };
const code = 'c0de';
const state = 'the state';

/** All requests get this answer; undefined breaks the connection. */
function answering(status: number | undefined, body: unknown = {}, headers: Record<string, string> = {}) {
  const sent: Request[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    sent.push(new Request(input, init));
    if (status === undefined) {
      throw new TypeError(`fetch failed: ${String(init?.body)}`);
    }
    const type = { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' };
    return new Response(status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body), {
      status,
      headers: { ...type, ...headers },
    });
  };
  return { sent, fetch, clock, budgets: createMemoryBudgets(), random: () => 0 };
}

const answerOf = (callback: Record<string, string>): AuthorizationAnswer => ({
  callback: new URLSearchParams(callback),
  state,
  redirectUri: 'https://console.example/sign-in/callback/github~github.com',
  codeVerifier: 'v'.repeat(43),
});
const granted = {
  access_token: 'ghu_1',
  token_type: 'bearer',
  scope: '',
  expires_in: 28_800,
  refresh_token: 'ghr_1',
};

async function failureOf(work: Promise<unknown>): Promise<SignInError | ForgeError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SignInError || error instanceof ForgeError)) {
    throw new Error('a SignInError or a ForgeError was expected', { cause: error });
  }
  return error;
}

describe('an exchange', () => {
  it('sends code, verifier and secret, and takes what is granted with its end', async () => {
    const services = answering(200, granted);
    const iss = 'https://github.com/login/oauth';
    expect(await signIn.exchange(integration, answerOf({ code, state, iss }), services)).toEqual({
      accessToken: 'ghu_1',
      refreshToken: 'ghr_1',
      expiresAt: clock.now() + 28_800_000,
    });
    const [request] = services.sent;
    expect(request?.url).toBe('https://github.com/login/oauth/access_token');
    expect(Object.fromEntries(new URLSearchParams(await request?.text()))).toEqual({
      grant_type: 'authorization_code',
      code,
      code_verifier: 'v'.repeat(43),
      redirect_uri: 'https://console.example/sign-in/callback/github~github.com',
      client_id: 'the client',
      client_secret: 'the client secret',
    });
  });

  it.each<[string, Record<string, string>]>([
    ['another state', { code, state: 'another' }],
    ['no state', { code }],
    ['another issuer', { code, state, iss: 'https://example.com' }],
    ['no code', { state }],
    ['an error of another browser', { state: 'another', error: 'access_denied' }],
  ])('of a callback with %s is refused without a request', async (_, callback) => {
    const services = answering(200, granted);
    const error = await failureOf(signIn.exchange(integration, answerOf(callback), services));
    expect(error).toMatchObject({ code: 'state-mismatch' });
    expect(error.message).not.toContain(code);
    expect(services.sent).toEqual([]);
  });

  it.each([
    ['access_denied', 'denied'],
    ['redirect_uri_mismatch', 'client-rejected'],
    ['application_suspended', 'client-rejected'],
    ['temporarily_unavailable', 'unavailable'],
    ['<script>', 'unexpected'],
  ])('of a callback that says %s is %s', async (error, expected) => {
    const failed = await failureOf(signIn.exchange(integration, answerOf({ state, error }), answering(200)));
    expect(failed.code).toBe(expected);
    expect(failed.message).not.toContain('<');
  });

  it.each<[string, number | undefined, unknown, Record<string, string>, string]>([
    ['a used or expired code', 200, { error: 'bad_verification_code' }, {}, 'bad-code'],
    ['a wrong client secret', 200, { error: 'incorrect_client_credentials' }, {}, 'client-rejected'],
    ['another redirect address', 200, { error: 'redirect_uri_mismatch' }, {}, 'client-rejected'],
    ['an address that is not confirmed', 200, { error: 'unverified_user_email' }, {}, 'account-unverified'],
    ['an error with its own status', 400, { error: 'invalid_grant' }, {}, 'bad-code'],
    ['an unknown client id', 404, { error: 'Not Found' }, {}, 'client-rejected'],
    [
      'a refused client',
      401,
      { error: 'invalid_client' },
      { 'www-authenticate': 'Basic' },
      'client-rejected',
    ],
    ['an unknown error', 200, { error: 'weather' }, {}, 'unexpected'],
    ['a page instead of a token', 200, '<html>', {}, 'unexpected'],
    ['no token', 200, { scope: '' }, {}, 'unexpected'],
    ['an outage', 503, '<html>', {}, 'unavailable'],
    ['a limit', 429, {}, { 'retry-after': '60' }, 'rate-limited'],
    ['a broken connection', undefined, {}, {}, 'unavailable'],
  ])('that GitHub answers with %s says so and nothing secret', async (_, status, body, headers, expected) => {
    const services = answering(status, body, headers);
    const error = await failureOf(signIn.exchange(integration, answerOf({ code, state }), services));
    expect(error.code).toBe(expected);
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toMatch(/c0de|the client secret|vvvv/);
  });
});

describe('a person', () => {
  const grant = { accessToken: 'ghu_secret', expiresAt: clock.now() + 1000 };

  it.each<[string, number | undefined, unknown, Record<string, string>, string]>([
    ['401', 401, { message: 'Bad credentials' }, {}, 'grant-ended'],
    ['a limit', 403, { message: 'Forbidden' }, { 'x-ratelimit-remaining': '0' }, 'rate-limited'],
    ['an outage', 502, '<html>', {}, 'unavailable'],
    ['a broken connection', undefined, {}, {}, 'unavailable'],
    ['somebody without an id', 200, { login: 'ann' }, {}, 'incomplete'],
    ['another address', 302, {}, { location: 'https://example.com' }, 'unexpected'],
  ])('about whom GitHub answers %s is not known', async (_, status, body, headers, expected) => {
    const error = await failureOf(signIn.identity(integration, grant, answering(status, body, headers)));
    expect(error.code).toBe(expected);
    expect(`${error.stack}`).not.toContain('ghu_secret');
  });

  it('is not asked about with a grant that has expired', async () => {
    const services = answering(200, { id: 4, login: 'ann' });
    const expired = { ...grant, expiresAt: clock.now() };
    expect((await failureOf(signIn.identity(integration, expired, services))).code).toBe('grant-ended');
    expect(services.sent).toEqual([]);
  });
});

describe('the addresses that people are sent to', () => {
  const request = { redirectUri: 'https://console.example/back', state, codeChallenge: 'the challenge' };

  it('ask for no scope and no OpenID', () => {
    const url = new URL(signIn.authorizeUrl(integration, { ...request, selectAccount: true }));
    expect(`${url.origin}${url.pathname}`).toBe('https://github.com/login/oauth/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'the client',
      redirect_uri: 'https://console.example/back',
      state,
      code_challenge: 'the challenge',
      code_challenge_method: 'S256',
      prompt: 'select_account',
    });
  });

  it('are not there where the integration lacks what they need', () => {
    const without = { forge: 'github', settings: settingsOf.parse({ appId: '7' }), secrets };
    expect([signIn.isOffered(integration), signIn.isOffered(without)]).toEqual([true, false]);
    expect(() => signIn.authorizeUrl(without, request)).toThrow(RangeError);
    expect(signIn.installUrl?.(without, { state })).toBeUndefined();
  });
});

describe('a registration', () => {
  const host = { baseUrl: 'https://github.example.com/' };
  const request = { consoleUrl: 'https://console.example', registryName: 'x'.repeat(40), state: 'the state' };

  it('is a form with a manifest, for an organization or a person', () => {
    const { action, fields } = registration.form(host, { ...request, organization: 'acme' });
    expect(action).toBe('https://github.example.com/organizations/acme/settings/apps/new?state=the+state');
    expect(JSON.parse(fields.manifest ?? '')).toMatchObject({
      name: 'x'.repeat(34),
      public: false,
      hook_attributes: { url: 'https://console.example/webhooks/github' },
      redirect_url: 'https://console.example/sign-in/registered/github~github.example.com',
      callback_urls: ['https://console.example/sign-in/callback/github~github.example.com'],
      setup_url: 'https://console.example/sign-in/installed/github~github.example.com',
      default_permissions: { contents: 'read', members: 'read', organization_administration: 'read' },
    });
    const publicly = registration.form(host, { ...request, isPublic: true });
    expect(JSON.parse(publicly.fields.manifest ?? '')).toMatchObject({ public: true });
    const own = registration.form(host, request);
    expect(JSON.parse(own.fields.manifest ?? '')).toMatchObject({ public: false });
    expect(own.action).toMatch(/example\.com\/settings\/apps\/new\?/);
  });

  it('is completed with all that an integration is made of', async () => {
    const app = {
      ...{ id: 12, slug: 'repertoire-acme', pem: testKeyPem, webhook_secret: 'the webhook secret' },
      ...{ client_id: 'the client', client_secret: 'the client secret' },
    };
    const services = answering(201, app);
    const { settings, secrets } = await registration.complete(host, code, services);
    expect(services.sent[0]?.url).toBe('https://github.example.com/api/v3/app-manifests/c0de/conversions');
    expect(settingsOf.parse(settings)).toEqual({
      ...{ appId: '12', clientId: 'the client', appSlug: 'repertoire-acme' },
      ...{ baseUrl: 'https://github.example.com', apiUrl: 'https://github.example.com/api/v3' },
      webUrl: 'https://github.example.com',
    });
    expect(secretsOf.parse(secrets)).toEqual({
      ...{ privateKey: testKeyPem, webhookSecret: 'the webhook secret', clientSecret: 'the client secret' },
    });
  });

  it.each<[string, string, number, string]>([
    ['a code that was used', code, 404, 'bad-code'],
    ['what is no code', '../user', 201, 'bad-code'],
    ['an outage', code, 500, 'unavailable'],
    ['an answer without the key', code, 201, 'incomplete'],
  ])('ends with %s', async (_, given, status, expected) => {
    const error = await failureOf(registration.complete(host, given, answering(status)));
    expect(error.code).toBe(expected);
  });
});
