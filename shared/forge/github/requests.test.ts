import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { asId, type InstallationId } from '../../domain/ids.ts';
import type { ForgeErrorCode } from '../errors.ts';
import { createApiFetch, OverloadError } from '../http.ts';
import { createRequests, graphqlUrl, type Requests } from './requests.ts';
import {
  createTestClock,
  errorOf,
  startTestApi,
  type TestAnswer,
  type TestApi,
  testApp,
} from './test-api.ts';

const installation = asId<InstallationId>(41);
const clock = createTestClock();
const inSeconds = (seconds: number) => clock.time + seconds * 1000;
const minute = inSeconds(60);

let api: TestApi;
let requests: Requests;
beforeEach(async () => {
  api = await startTestApi();
  requests = createRequests(testApp(api, { clock }), installation);
});
afterEach(() => api.stop());

const answerSchema = z.object({ login: z.string() });
const getOrganization = () => requests.get('GET /orgs/{org}', { org: 'acme' }, answerSchema);
const query = {
  name: 'Test',
  text: 'query Test { viewer { login } }',
  schema: z.object({ viewer: answerSchema }),
};
const ask = () => requests.query(query, {});

/** octokit retries by itself every second while a token is younger than 5 s by the process's clock. */
async function withoutTokenRetries(work: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
  try {
    await work();
  } finally {
    vi.useRealTimers();
  }
}

interface Row {
  readonly name: string;
  readonly answer: TestAnswer;
  readonly code: ForgeErrorCode;
  readonly graphqlCode?: ForgeErrorCode;
  readonly notBefore?: number;
  readonly overload?: true;
}

const errorAnswer = (status: number, message: string, headers: Record<string, string> = {}): TestAnswer => ({
  status,
  headers,
  json: { message },
});

describe('R5: a failed request', () => {
  const rows: readonly Row[] = [
    {
      name: '403, a permission is missing',
      answer: errorAnswer(403, 'Resource not accessible by integration'),
      code: 'insufficient-scope',
    },
    {
      name: '403 of another kind',
      answer: errorAnswer(403, 'Must have admin rights'),
      code: 'insufficient-scope',
    },
    {
      name: '403, suspended',
      answer: errorAnswer(403, 'This installation has been suspended'),
      code: 'credential-rejected',
    },
    {
      name: '403, blocked by staff',
      answer: errorAnswer(403, 'Repository access blocked'),
      code: 'unexpected',
    },
    {
      name: '403, SAML',
      answer: errorAnswer(403, 'Resource protected by organization SAML enforcement.', {
        'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?authorization_request=x',
      }),
      code: 'sso-required',
    },
    {
      name: '403 with retry-after',
      answer: errorAnswer(403, 'wait', { 'retry-after': '17' }),
      code: 'rate-limited',
      notBefore: inSeconds(17),
    },
    {
      name: '429 with retry-after as a date',
      answer: errorAnswer(429, 'wait', { 'retry-after': new Date(inSeconds(90)).toUTCString() }),
      code: 'rate-limited',
      notBefore: inSeconds(90),
    },
    {
      name: '403, the budget is spent',
      answer: errorAnswer(403, 'API rate limit exceeded for installation ID 41.', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(inSeconds(600) / 1000),
      }),
      code: 'rate-limited',
      notBefore: inSeconds(600),
    },
    {
      name: '429, the budget is spent until a moment that has passed',
      answer: errorAnswer(429, 'API rate limit exceeded', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(inSeconds(-600) / 1000),
      }),
      code: 'rate-limited',
      notBefore: inSeconds(1),
    },
    {
      name: '403, a secondary limit that says no time',
      answer: errorAnswer(403, 'You have exceeded a secondary rate limit.', {
        'x-ratelimit-remaining': '4000',
      }),
      code: 'rate-limited',
      notBefore: minute,
    },
    {
      name: '429 with a time that is ten years away',
      answer: errorAnswer(429, 'wait', { 'retry-after': String(10 * 365 * 24 * 3600) }),
      code: 'rate-limited',
      notBefore: inSeconds(2 * 3600),
    },
    {
      name: '403, the budget is spent for longer than there are dates',
      answer: errorAnswer(403, 'wait', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1e20' }),
      code: 'rate-limited',
      notBefore: inSeconds(2 * 3600),
    },
    {
      name: '429 with a time that is none',
      answer: errorAnswer(429, 'wait', { 'retry-after': 'soon' }),
      code: 'rate-limited',
      notBefore: minute,
    },
    // GraphQL reports a missing object in a 200.
    { name: '404', answer: errorAnswer(404, 'Not Found'), code: 'not-found', graphqlCode: 'unavailable' },
    {
      name: '410 (R34: an API that was removed)',
      answer: errorAnswer(410, 'This API is gone'),
      code: 'gone',
    },
    { name: '451', answer: errorAnswer(451, 'Repository access blocked'), code: 'unexpected' },
    { name: '400', answer: errorAnswer(400, 'Problems parsing JSON'), code: 'unexpected' },
    { name: '422', answer: errorAnswer(422, 'Validation Failed'), code: 'unexpected' },
    { name: '408', answer: errorAnswer(408, 'Request Timeout'), code: 'unavailable' },
    { name: '500', answer: errorAnswer(500, 'Server Error'), code: 'unavailable' },
    { name: '502', answer: errorAnswer(502, 'Server Error'), code: 'unavailable', overload: true },
    {
      name: '503, no JSON',
      answer: { status: 503, headers: { 'content-type': 'text/html' } },
      code: 'unavailable',
    },
    { name: '504', answer: errorAnswer(504, 'timed out'), code: 'unavailable', overload: true },
    { name: 'no answer', answer: { by: (response) => response.destroy() }, code: 'unavailable' },
    {
      name: 'an answer that breaks off',
      answer: {
        by: (response) => {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '50' });
          response.write('{"login":"acme"}');
          setTimeout(() => response.destroy(), 10);
        },
      },
      code: 'unavailable',
    },
    {
      name: '200 without SAML organizations (R9)',
      answer: {
        headers: { 'x-github-sso': 'partial-results; organizations=1,2' },
        json: { login: 'acme', data: { viewer: { login: 'acme' } } },
      },
      code: 'incomplete',
    },
    { name: '200 with a field missing', answer: { json: { data: { viewer: {} } } }, code: 'incomplete' },
    { name: '200 with nothing', answer: {}, code: 'incomplete' },
  ];

  for (const [kind, send] of [
    ['REST', getOrganization],
    ['GraphQL', ask],
  ] as const) {
    test.each(rows)(`${kind}: $name is $code`, async ({ answer, notBefore, overload, ...row }) => {
      api.answer = () => answer;
      const error = await errorOf(send());
      const code = kind === 'GraphQL' ? (row.graphqlCode ?? row.code) : row.code;
      expect({ code: error.code, notBefore: error.notBefore }).toEqual({ code, notBefore });
      expect(error instanceof OverloadError).toBe(overload === true);
      expect(api.requests).toHaveLength(1);
      expect(requests.count()).toBe(1);
    });
  }

  test('that took too long is an overload', async () => {
    api.answer = () => ({
      by: (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"login":');
      },
    });
    const app = testApp(api, { clock, fetch: createApiFetch(fetch, 100) });
    const error = await errorOf(createRequests(app, installation).query(query, {}));
    expect(error.code).toBe('unavailable');
    expect(error).toBeInstanceOf(OverloadError);
  });

  test('larger than what is read is an overload, and the rest of it is not waited for', async () => {
    let isCut: Promise<unknown> | undefined;
    api.answer = () => ({
      by: (response) => {
        isCut = once(response, 'close');
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(`{"login":"${'x'.repeat(2000)}`);
      },
    });
    const app = testApp(api, { clock, fetch: createApiFetch(fetch, 10_000, 1000) });
    const error = await errorOf(createRequests(app, installation).query(query, {}));
    expect(error).toBeInstanceOf(OverloadError);
    expect(error.message).toContain('too large');
    await isCut;
  });
});

describe('a refused credential', () => {
  test('is rejected when the app itself is refused, without a request for a token', async () => {
    api.answer = () => errorAnswer(401, 'Bad credentials');
    api.answerToken = () => errorAnswer(401, 'A JSON web token could not be decoded');
    const error = await errorOf(requests.get('GET /app/installations/{id}', { id: 41 }, answerSchema));
    expect(error.code).toBe('credential-rejected');
  });

  test.each([
    ['uninstalled', errorAnswer(404, 'Not Found')],
    ['suspended', errorAnswer(403, 'This installation has been suspended')],
    ['of another app', errorAnswer(401, 'A JSON web token could not be decoded')],
  ])('is rejected when no token is issued: %s', async (_, answer) => {
    api.answerToken = () => answer;
    const error = await errorOf(getOrganization());
    expect(error.code).toBe('credential-rejected');
    expect(api.requests).toEqual([]);
  });

  test('is unavailable when no token can be issued for now', async () => {
    api.answerToken = () => errorAnswer(502, 'Server Error');
    expect((await errorOf(getOrganization())).code).toBe('unavailable');
    api.answerToken = () =>
      errorAnswer(403, 'You have exceeded a secondary rate limit.', { 'retry-after': '5' });
    expect((await errorOf(getOrganization())).code).toBe('rate-limited');
  });

  test('R31: is retried with a new token before it counts as rejected', async () => {
    api.answer = () => ({ json: { login: 'acme' } });
    await getOrganization();
    // The cached token becomes invalid before it expires.
    api.answer = ({ authorization }) =>
      authorization === 'token ghs_token-1'
        ? errorAnswer(401, 'Bad credentials')
        : { json: { login: 'acme' } };
    await withoutTokenRetries(async () => {
      expect(await getOrganization()).toEqual({ login: 'acme' });
    });
    expect(api.tokenRequests).toHaveLength(2);
  });

  test('is rejected when no new token is issued', async () => {
    api.answer = () => ({ json: { login: 'acme' } });
    await getOrganization();
    api.answer = () => errorAnswer(401, 'Bad credentials');
    api.answerToken = () => errorAnswer(404, 'Not Found');
    await withoutTokenRetries(async () => {
      expect((await errorOf(getOrganization())).code).toBe('credential-rejected');
    });
    expect(api.requests).toHaveLength(2);
  });
});

describe('addresses', () => {
  test('a redirect of a renamed object is followed within the API, with our credential', async () => {
    api.answer = ({ path }) =>
      path === '/orgs/acme'
        ? {
            status: 301,
            headers: { location: `${api.url}/organizations/5` },
            json: { message: 'Moved Permanently' },
          }
        : { json: { login: 'acme-2' } };
    expect(await getOrganization()).toEqual({ login: 'acme-2' });
    expect(api.requests.map(({ path, authorization }) => [path, authorization])).toEqual([
      ['/orgs/acme', 'token ghs_token-1'],
      ['/organizations/5', 'token ghs_token-1'],
    ]);
  });

  test('R37: no other host gets our credential, nor any request', async () => {
    const other = await startTestApi();
    api.answer = () => ({ status: 302, headers: { location: `${other.url}/orgs/acme?token=secret` } });
    const error = await errorOf(getOrganization());
    expect(error.code).toBe('unexpected');
    expect(error.message).not.toContain('secret');
    expect(other.requests).toEqual([]);
    await other.stop();
  });

  test.each([
    ['that lead in a circle', () => `${api.url}/orgs/acme`],
    ['that lead nowhere', () => 'http://['],
  ])('redirects %s end', async (_, location) => {
    api.answer = () => ({ status: 302, headers: { location: location() } });
    expect((await errorOf(getOrganization())).code).toBe('unexpected');
    expect(api.requests.length).toBeLessThan(6);
  });

  test('GraphQL is beside the REST API on Enterprise Server', () => {
    expect(graphqlUrl('https://api.github.com')).toBe('https://api.github.com/graphql');
    expect(graphqlUrl('https://git.example.com/api/v3')).toBe('https://git.example.com/api/graphql');
  });
});

test('no credential gets into a message', async () => {
  api.answer = ({ authorization }) => errorAnswer(403, `you sent ${authorization}`);
  const error = await errorOf(getOrganization());
  expect(error.message).toContain('[redacted]');
  expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('ghs_token');
});

test('the query is sent by its name, with its variables', async () => {
  api.answer = () => ({ json: { data: { viewer: { login: 'ann' } } } });
  expect(await requests.query(query, { size: 3, after: undefined })).toEqual({ viewer: { login: 'ann' } });
  expect(api.requests[0]).toMatchObject({ method: 'POST', path: '/graphql' });
  expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({
    query: query.text,
    operationName: 'Test',
    variables: { size: 3 },
  });
});
