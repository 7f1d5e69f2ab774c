import { describe, expect, it } from 'vitest';
import type { Outcome } from '../functions/host.ts';
import { createCloudClock } from '../runtime/clock.ts';
import { headerMap } from '../runtime/listen.ts';
import { createHttpApi } from './http-api.ts';
import { matchRoute } from './routes.ts';

const routes = [
  'GET /things/{id}',
  'GET /things/all',
  'ANY /things/{id}',
  'POST /things/{proxy+}',
  'ANY /files/{proxy+}',
  'GET /files/{a}/{b}',
].map((routeKey) => ({ routeKey, target: routeKey }));

describe('matchRoute', () => {
  it.each<[string, string, string | undefined, Record<string, string>]>([
    ['GET', '/things/7', 'GET /things/{id}', { id: '7' }],
    ['PUT', '/things/7', 'ANY /things/{id}', { id: '7' }],
    ['GET', '/things/all', 'GET /things/all', {}],
    ['POST', '/things/7', 'ANY /things/{id}', { id: '7' }],
    ['POST', '/things/7/parts', 'POST /things/{proxy+}', { proxy: '7/parts' }],
    ['GET', '/files/a/b', 'GET /files/{a}/{b}', { a: 'a', b: 'b' }],
    ['GET', '/files/a/b/c', 'ANY /files/{proxy+}', { proxy: 'a/b/c' }],
    ['GET', '/files/a%20b/c%2Fd', 'GET /files/{a}/{b}', { a: 'a b', b: 'c/d' }],
    ['GET', '/files/', undefined, {}],
    ['GET', '/files', undefined, {}],
    ['GET', '/things/7/', undefined, {}],
    ['GET', '/thing', undefined, {}],
  ])('%s %s', (method, path, routeKey, pathParameters) => {
    const match = matchRoute(routes, method, path);
    expect(match?.route.routeKey).toBe(routeKey);
    expect(match?.pathParameters ?? {}).toEqual(pathParameters);
  });

  it('matches $default last', () => {
    const withDefault = [{ routeKey: '$default', target: '' }, ...routes];
    expect(matchRoute(withDefault, 'GET', '/things/7')?.route.routeKey).toBe('GET /things/{id}');
    expect(matchRoute(withDefault, 'DELETE', '/')?.route.routeKey).toBe('$default');
  });
});

describe('an HTTP API', () => {
  const events: Record<string, unknown>[] = [];
  const domainName = 'abc.execute-api.us-east-1.amazonaws.com';

  async function request(
    target: string,
    {
      method = 'GET',
      headers = [],
      body = '',
      outcome,
      timeoutMs = 30_000,
    }: {
      method?: string;
      headers?: string[];
      body?: string | Buffer;
      outcome?: Outcome | undefined | 'never';
      timeoutMs?: number;
    } = {},
  ) {
    const api = createHttpApi({
      apiId: 'abc',
      accountId: '000000000000',
      domainName,
      localHost: '127.0.0.1:80',
      clock: createCloudClock(),
      routes: [
        { routeKey: 'ANY /things/{id}', target: { functionName: 'work', timeoutMs } },
        { routeKey: '$default', target: { functionName: 'rest', timeoutMs } },
      ],
      invoke: (_, payload) => {
        events.push(JSON.parse(payload));
        return outcome === 'never' ? new Promise(() => {}) : Promise.resolve(outcome);
      },
    });
    const response = await api({
      method,
      target,
      headers: headerMap(['Host', domainName, ...headers]),
      body: Buffer.from(body),
      remoteAddress: '127.0.0.1',
    });
    const plain = Object.fromEntries([...response.headers].filter(([name]) => name !== 'apigw-requestid'));
    return { status: response.status, headers: plain, body: response.body.toString(), event: events.at(-1) };
  }
  const result = (value: unknown): Outcome => ({ kind: 'result', payload: JSON.stringify(value) });

  it('creates events of payload format 2.0', async () => {
    const { event } = await request('/things/a%20b?x=1&x=2&y=%2F&z', {
      headers: [
        'X-Two',
        'a',
        'x-two',
        'b',
        'Cookie',
        's=1; t=2',
        'User-Agent',
        'composer',
        'X-Forwarded-For',
        '10.0.0.1',
      ],
      outcome: result({}),
    });
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'ANY /things/{id}',
      rawPath: '/things/a b',
      rawQueryString: 'x=1&x=2&y=%2F&z',
      cookies: ['s=1', 't=2'],
      headers: {
        host: domainName,
        'user-agent': 'composer',
        'x-two': 'a,b',
        'x-forwarded-for': '10.0.0.1, 127.0.0.1',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
      },
      queryStringParameters: { x: '1,2', y: '/', z: '' },
      pathParameters: { id: 'a b' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'abc',
        domainName,
        domainPrefix: 'abc',
        http: {
          method: 'GET',
          path: '/things/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'composer',
        },
        requestId: expect.any(String),
        routeKey: 'ANY /things/{id}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      isBase64Encoded: false,
    });
  });

  it('cuts the path off at a decoded question mark', async () => {
    const { event } = await request('/things/a%3Fb', { outcome: result({}) });
    expect(event).toMatchObject({ rawPath: '/things/a', pathParameters: { id: 'a?b' } });
  });

  it('leaves out what a request does not have', async () => {
    const { event } = await request('/other', { outcome: result({}) });
    for (const absent of ['cookies', 'queryStringParameters', 'pathParameters', 'body'])
      expect(event).not.toHaveProperty(absent);
    expect(event).toMatchObject({ routeKey: '$default', rawQueryString: '' });
  });

  it.each([
    ['application/json; charset=utf-8', '{"ä":1}', false],
    ['application/vnd.github+json', '{}', false],
    ['text/plain', 'x', false],
    ['application/x-www-form-urlencoded', 'a=b', true],
    ['application/octet-stream', 'x', true],
  ])('passes on a body of type %s', async (type, body, isBase64Encoded) => {
    const { event } = await request('/', {
      method: 'POST',
      headers: ['content-type', type],
      body,
      outcome: result({}),
    });
    expect(event).toMatchObject({
      isBase64Encoded,
      body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
    });
  });

  it('builds a response from its parts', async () => {
    const outcome = result({
      statusCode: 201,
      headers: { 'Content-Type': 'image/png', 'X-Number': 5 },
      cookies: ['a=1; Secure', 'b=2'],
      body: 'AAEC',
      isBase64Encoded: true,
    });
    const response = await request('/', { outcome });
    expect(response).toMatchObject({
      status: 201,
      headers: { 'content-type': ['image/png'], 'x-number': ['5'], 'set-cookie': ['a=1; Secure', 'b=2'] },
      body: '\u0000\u0001\u0002',
    });
  });

  it.each<[string, unknown, object]>([
    [
      'an object',
      { a: 1 },
      { status: 200, headers: { 'content-type': ['application/json'] }, body: '{"a":1}' },
    ],
    ['text', 'hello', { status: 200, headers: { 'content-type': ['application/json'] }, body: 'hello' }],
    ['a status only', { statusCode: 204 }, { status: 204, headers: {}, body: '' }],
    [
      'a body without a type',
      { statusCode: '200', body: 'x' },
      { status: 200, headers: { 'content-type': ['text/plain;charset=UTF-8'] } },
    ],
    [
      'a status that is none',
      { statusCode: 'ok' },
      { status: 500, body: '{"message":"Internal Server Error"}' },
    ],
    ['a body that is no text', { statusCode: 200, body: {} }, { status: 500 }],
  ])('answers to %s as API Gateway does', async (_, value, expected) => {
    expect(await request('/', { outcome: result(value) })).toMatchObject(expected);
  });

  it('answers for a function that fails, is throttled or times out', async () => {
    const error: Outcome = { kind: 'error', error: { errorType: 'Error', errorMessage: 'secret' } };
    expect(await request('/', { outcome: error })).toMatchObject({
      status: 500,
      body: '{"message":"Internal Server Error"}',
    });
    expect(await request('/', { outcome: undefined })).toMatchObject({
      status: 503,
      body: '{"message":"Service Unavailable"}',
    });
    expect(await request('/', { outcome: 'never', timeoutMs: 20 })).toMatchObject({ status: 503 });
  });

  it('refuses bodies above the limits of the function and the API', async () => {
    const type = ['content-type', 'application/json'];
    const small = await request('/', {
      method: 'POST',
      headers: type,
      body: Buffer.alloc(5 * 1024 * 1024, 97),
      outcome: result({}),
    });
    expect(small.status).toBe(200);
    const large = await request('/', {
      method: 'POST',
      headers: type,
      body: Buffer.alloc(6 * 1024 * 1024, 97),
      outcome: result({}),
    });
    expect(large).toMatchObject({ status: 413, body: '{"message":"Request Entity Too Large"}' });
  });

  it('refuses more than 10,240 bytes of the request line and the values of headers', async () => {
    const outcome = result({});
    const fits = ['x-name-that-does-not-count', 'a'.repeat(10_000)];
    expect(await request('/', { headers: fits, outcome })).toMatchObject({ status: 200 });
    const target = `/?${'b'.repeat(500)}`;
    expect(await request(target, { headers: fits, outcome })).toMatchObject({ status: 431 });
  });

  it('takes bursts, and otherwise as many requests as its stage, if it is to', async () => {
    const clock = { time: 0, now: () => clock.time, after: () => () => {} };
    const api = createHttpApi({
      ...{ apiId: 'abc', accountId: '000000000000', domainName, localHost: '127.0.0.1:80', clock },
      limits: { ratePerSecond: 2, burst: 3 },
      routes: [{ routeKey: '$default', target: { functionName: 'rest', timeoutMs: 1000 } }],
      invoke: async () => result({}),
    });
    const ask = async () => {
      const headers = headerMap(['host', domainName]);
      const request = { method: 'GET', target: '/', headers, body: Buffer.alloc(0), remoteAddress: '' };
      return (await api(request)).status;
    };
    const several = async (count: number) => {
      const statuses: number[] = [];
      for (let asked = 0; asked < count; asked++) statuses.push(await ask());
      return statuses;
    };
    expect(await several(5)).toEqual([200, 200, 200, 429, 429]);
    clock.time += 1000;
    expect(await several(3)).toEqual([200, 200, 429]);
    clock.time += 60_000;
    expect(await several(4)).toEqual([200, 200, 200, 429]);
  });

  it('lets a flood of a route with limits of its own leave the other routes alone', async () => {
    const api = createHttpApi({
      ...{ apiId: 'abc', accountId: '000000000000', domainName, localHost: '127.0.0.1:80' },
      clock: { now: () => 0, after: () => () => {} },
      limits: { ratePerSecond: 2, burst: 2 },
      routeLimits: new Map([['POST /reports', { ratePerSecond: 1, burst: 1 }]]),
      routes: [
        { routeKey: 'POST /reports', target: { functionName: 'reports', timeoutMs: 1000 } },
        { routeKey: '$default', target: { functionName: 'rest', timeoutMs: 1000 } },
      ],
      invoke: async () => result({}),
    });
    const ask = async (target: string) => {
      const headers = headerMap(['host', domainName]);
      const request = { method: 'POST', target, headers, body: Buffer.alloc(0), remoteAddress: '' };
      return (await api(request)).status;
    };
    const asked: number[] = [];
    for (const target of ['/reports', '/reports', '/reports', '/a', '/b', '/c'])
      asked.push(await ask(target));
    expect(asked).toEqual([200, 429, 429, 200, 200, 429]);
  });

  it('refuses any other host', async () => {
    const api = createHttpApi({
      apiId: 'abc',
      accountId: '000000000000',
      domainName,
      localHost: '127.0.0.1:80',
      clock: createCloudClock(),
      routes: [],
      invoke: () => Promise.reject(new Error('not invoked')),
    });
    const ask = async (host: string) =>
      (
        await api({
          method: 'GET',
          target: '/',
          headers: headerMap(['host', host]),
          body: Buffer.alloc(0),
          remoteAddress: '',
        })
      ).status;
    expect(await ask('registry.example')).toBe(403);
    expect(await ask('127.0.0.1:80')).toBe(404);
  });
});
