import { describe, expect, it } from 'vitest';
import { createCloudClock } from '../runtime/clock.ts';
import { createEdgeFunction, type EdgeDecision } from './edge-function.ts';
import type { EdgeRequest } from './edge-request.ts';

const request: EdgeRequest = {
  method: 'GET',
  uri: '/acme/packages.json',
  query: [
    ['a', '1'],
    ['a', '%20'],
  ],
  headers: new Map([
    ['authorization', ['Bearer x']],
    ['accept', ['a', 'b']],
  ]),
  cookies: [['s', '1']],
  body: Buffer.alloc(0),
  viewerIp: '127.0.0.1',
};
const context = { distributionId: 'E1', distributionDomainName: 'd.cloudfront.net', requestId: 'r' };
const values: Record<string, string> = { 'a/b': '{"x":1}' };
const lines: string[] = [];

function compile(code: string, withStore = true) {
  return createEdgeFunction({
    name: 'edge',
    code,
    edgeValue: withStore ? (key) => values[key] : undefined,
    clock: createCloudClock(),
    onLine: (line) => lines.push(line),
  });
}
const run = (code: string, withStore = true): Promise<EdgeDecision> =>
  compile(code, withStore)(request, context);
/** The value of an expression of the function's code, as JSON. */
async function value(expression: string, before = ''): Promise<unknown> {
  const decision = await run(
    `${before}\nasync function handler(event) { return { statusCode: 200, body: JSON.stringify(${expression}) }; }`,
  );
  return decision.kind === 'response' ? JSON.parse(decision.response.body.toString()) : decision;
}

describe('an edge function', () => {
  it("gets CloudFront's event", async () => {
    expect(await value('event')).toEqual({
      version: '1.0',
      context: { ...context, eventType: 'viewer-request' },
      viewer: { ip: '127.0.0.1' },
      request: {
        method: 'GET',
        uri: '/acme/packages.json',
        querystring: { a: { value: '%20', multiValue: [{ value: '1' }, { value: '%20' }] } },
        headers: {
          authorization: { value: 'Bearer x' },
          accept: { value: 'b', multiValue: [{ value: 'a' }, { value: 'b' }] },
        },
        cookies: { s: { value: '1' } },
      },
    });
  });

  it('reads the key-values', async () => {
    const store = "import cf from 'cloudfront';\nconst kvs = cf.kvs();";
    expect(await value("await kvs.get('a/b')", store)).toBe('{"x":1}');
    expect(await value("await kvs.get('a/b', { format: 'json' })", store)).toEqual({ x: 1 });
    expect(await value("[await kvs.exists('a/b'), await kvs.exists('c')]", store)).toEqual([true, false]);
    await expect(value("await kvs.get('c')", store)).rejects.toThrow('KeyNotFound');
    await expect(run(`${store}\nfunction handler(event) { return event.request; }`, false)).rejects.toThrow(
      'has no key-value store',
    );
  });

  it('has the modules and globals of the runtime, and no others', async () => {
    const sha = "require('crypto').createHash('sha256').update('x').digest('base64url')";
    expect(await value(sha)).toBe('LXEWQrcmsEQBYnyp-6wy9chTD7GQPMTbAiWHF5IaSIE');
    expect(await value("require('crypto').createHmac('md5', 'k').update('x').digest('hex')")).toMatch(
      /^[0-9a-f]{32}$/,
    );
    await expect(value("require('crypto').createHash('sha512')")).rejects.toThrow('not supported algorithm');
    await expect(value("require('fs')")).rejects.toThrow('Cannot find module "fs"');
    expect(await value("require('querystring').parse('a=b').a")).toBe('b');
    expect(await value("[Buffer.from('x').toString('base64'), atob('eA=='), typeof TextEncoder]")).toEqual([
      'eA==',
      'x',
      'function',
    ]);
    const absent = ['process', 'setTimeout', 'fetch', 'performance', 'global', 'URL'];
    expect(await value(`[${absent.map((name) => `typeof ${name}`)}]`)).toEqual(absent.map(() => 'undefined'));
    await run('function handler(event) { console.log("seen", event.request.uri); return event.request; }');
    expect(lines.at(-1)).toBe('seen /acme/packages.json');
  });

  it('has a clock that does not advance during a run', async () => {
    expect(
      await value(
        '(function () { var a = Date.now(); for (var i = 0; i < 3e6; i++); return Date.now() - a + (new Date().getTime() - a); })()',
      ),
    ).toBe(0);
    expect(Math.abs(Number(await value('Date.now()')) - Date.now())).toBeLessThan(5_000);
  });

  it('keeps no top-level variable between runs', async () => {
    const edge = compile(
      'var count = 0; function handler() { count++; return { statusCode: 200, body: String(count) }; }',
    );
    for (let turn = 0; turn < 2; turn += 1) {
      const decision = await edge(request, context);
      expect(decision.kind === 'response' && decision.response.body.toString()).toBe('1');
    }
  });

  it('changes the request', async () => {
    const decision = await run(`function handler(event) {
      var request = event.request;
      delete request.headers.authorization;
      request.headers['x-new'] = { value: 'y' };
      request.uri = '/1/packages.json';
      request.querystring = {};
      return request;
    }`);
    expect(decision).toEqual({
      kind: 'request',
      request: {
        ...request,
        uri: '/1/packages.json',
        query: [],
        headers: new Map([
          ['accept', ['a', 'b']],
          ['x-new', ['y']],
        ]),
      },
    });
  });

  it('leaves an unchanged request as it was', async () => {
    expect(await run('function handler(event) { return event.request; }')).toEqual({
      kind: 'request',
      request,
    });
  });

  it('returns a response of its own', async () => {
    const decision = await run(`function handler() {
      return {
        statusCode: 401,
        statusDescription: 'Unauthorized',
        headers: { 'WWW-Authenticate': { value: 'Basic' } },
        cookies: { s: { value: '', attributes: 'Max-Age=0' } },
        body: { encoding: 'base64', data: 'eA==' },
      };
    }`);
    expect(decision).toEqual({
      kind: 'response',
      response: {
        status: 401,
        headers: new Map([
          ['www-authenticate', ['Basic']],
          ['set-cookie', ['s=; Max-Age=0']],
        ]),
        body: Buffer.from('x'),
      },
    });
  });

  it.each([
    ['throws', 'function handler() { throw new Error("broken"); }', 'broken'],
    ['is missing', 'var x = 1;', 'handler is not defined'],
    ['gives nothing', 'function handler() {}', 'expected object'],
    [
      'changes the method',
      'function handler(event) { event.request.method = "PUT"; return event.request; }',
      'read-only',
    ],
    [
      'gives a relative path',
      'function handler(event) { event.request.uri = "x"; return event.request; }',
      'must start with',
    ],
    [
      'gives a header as text',
      'function handler() { return { statusCode: 200, headers: { a: "b" } }; }',
      'expected object',
    ],
  ])('fails when the handler %s', async (_, code, message) => {
    await expect(run(code)).rejects.toThrow(message);
  });

  it('refuses code above the limit', () => {
    expect(() => compile(`function handler() {} //${'x'.repeat(10_240)}`)).toThrow('longer than 10240 bytes');
  });
});
