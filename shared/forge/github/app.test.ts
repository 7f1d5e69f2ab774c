import { verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asId, type InstallationId } from '../../domain/ids.ts';
import { createGitHubApp } from './app.ts';
import {
  createTestClock,
  startTestApi,
  type TestApi,
  testApp,
  testKeyPem,
  testKeys,
  tokenAnswer,
} from './test-api.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  api.answer = () => ({ json: {} });
});
afterEach(() => api.stop());

const installation = asId<InstallationId>(41);

describe('the app', () => {
  test.each(['pkcs1', 'pkcs8'] as const)('signs with a %s key', async (type) => {
    const clock = createTestClock();
    const privateKey = testKeys.privateKey.export({ type, format: 'pem' }).toString();
    const app = testApp(api, { privateKey, clock });
    const octokit = await app.octokit(installation);
    await octokit.request('GET /app/installations/{id}', { id: 41 });

    const [header = '', claims = '', signature = ''] = (api.requests[0]?.authorization ?? '')
      .replace(/^bearer /, '')
      .split('.');
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verify('RSA-SHA256', signed, testKeys.publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
    const seconds = clock.time / 1000;
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      iss: '7',
      iat: seconds - 60,
      exp: seconds + 540,
    });
  });

  test('does not reveal a key that it cannot parse', () => {
    const broken = testKeyPem.replaceAll('A', '!');
    const make = () =>
      createGitHubApp({ appId: '7', privateKey: broken, baseUrl: api.url, fetch, clock: createTestClock() });
    expect(make).toThrow('not a PEM');
    expect(make).not.toThrow(broken.slice(40, 80));
  });

  test('R31: caches a token while it is valid by the given clock', async () => {
    const clock = createTestClock();
    const app = testApp(api, { clock });
    const ask = async () => (await app.octokit(installation)).request('GET /orgs/acme');
    await ask();
    await ask();
    expect(api.tokenRequests).toHaveLength(1);
    clock.time += 60 * 60 * 1000;
    await ask();
    expect(api.tokenRequests).toHaveLength(2);
    expect(api.requests.map((request) => request.authorization)).toEqual([
      'token ghs_token-1',
      'token ghs_token-1',
      'token ghs_token-2',
    ]);
  });

  test('caches a token for each installation', async () => {
    const app = testApp(api);
    await (await app.octokit(installation)).request('GET /orgs/acme');
    await (await app.octokit(asId(42))).request('GET /orgs/acme');
    expect(api.requests.map((request) => request.authorization)).toEqual([
      'token ghs_token-1',
      'token ghs_token-2',
    ]);
  });

  test('R32: accepts tokens of any length and alphabet, and redacts them by their value', async () => {
    const token = `ghs_7_${'eyJ-._~+/='.repeat(300)}`;
    api.answerToken = () => tokenAnswer(token);
    const app = testApp(api);
    await (await app.octokit(installation)).request('GET /orgs/acme');
    const jwt = (api.tokenRequests[0]?.authorization ?? '').replace(/^bearer /, '');
    expect(api.requests[0]?.authorization).toBe(`token ${token}`);
    expect(app.redact(`bad ${token}, bad ${jwt}!`)).toBe('bad [redacted], bad [redacted]!');
  });
});
