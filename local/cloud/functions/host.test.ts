import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCloudClock, type SteppableClock } from '../runtime/clock.ts';
import { createFunctionHost, type FunctionDefinition, type FunctionHost, type FunctionLine } from './host.ts';

const code = `
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
let count = 0;
if (process.env.FAIL_INIT) throw new TypeError('no way');
export const handler = async (event, context) => {
  count += 1;
  if (event.sleep) await sleep(event.sleep);
  if (event.spin) for (;;) count += 0;
  if (event.throw) throw new RangeError(event.throw);
  if (event.reject) { void Promise.reject(new Error('lost')); await sleep(1000); }
  if (event.exit) process.exit(3);
  if (event.log) { console.log('hello\\nworld'); console.error('oops'); process.stdout.write('no end'); console.log(); }
  if (event.fill) for (const kept = []; ; ) kept.push(new Array(1e5).fill(count));
  if (event.fetch) await fetch(event.fetch).catch(() => undefined);
  if (event.http) await new Promise((resolve) => request(event.http).on('error', resolve).end());
  if (event.big) return 'x'.repeat(event.big);
  return {
    count,
    environment: Object.keys(process.env).sort(),
    now: Date.now(),
    midnight: new Date(0).getHours(),
    constructed: new Date().getTime(),
    isDate: new Date(0) instanceof Date && new Date().constructor === Date && new Date(2026, 0).getMonth() === 0 && typeof Date() === 'string',
    name: context.functionName,
    arn: context.invokedFunctionArn,
    requestId: context.awsRequestId,
    remaining: context.getRemainingTimeInMillis(),
  };
};
`;

let directory: string;
let lines: FunctionLine[];
let host: FunctionHost;
let clock: SteppableClock;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'function-host-'));
  writeFileSync(join(directory, 'index.mjs'), code);
});
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(() => {
  lines = [];
  vi.stubEnv('TZ', 'Asia/Tokyo');
  clock = createCloudClock();
  host = createFunctionHost({ clock, clockOffset: clock.shared, onLine: (line) => lines.push(line) });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await host.close();
});

const definition = {
  name: 'work',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:work',
  handler: 'index.handler',
  environment: { PATH: '/usr/bin', TABLE_NAME: 'things' },
  timeoutMs: 3_000,
  memoryMb: 128,
  reservedConcurrency: undefined,
  asyncRetries: 2,
};

function define(overrides: Partial<FunctionDefinition> = {}): void {
  host.define({ ...definition, directory, ...overrides });
}

async function call(event: object): Promise<Record<string, unknown>> {
  const outcome = await host.invoke('work', JSON.stringify(event));
  if (outcome?.kind !== 'result') throw new Error(JSON.stringify(outcome));
  return JSON.parse(outcome.payload);
}

async function callError(event: object) {
  const outcome = await host.invoke('work', JSON.stringify(event));
  return outcome?.kind === 'error' ? outcome.error : outcome;
}

describe('an observed function host', () => {
  it('reports loads, invocations, requests of the code and the memory of its workers', async () => {
    const seen = { loads: 0, requests: [] as string[], memory: 0, cold: [] as boolean[] };
    host.observe({
      onLoaded: (_, tookMs) => {
        seen.loads += tookMs > 0 ? 1 : 0;
      },
      onInvoked: ({ isCold }) => void seen.cold.push(isCold),
      onRequest: (name, method, url) => void seen.requests.push(`${name} ${method} ${url.pathname}`),
      onMemory: (_, bytes) => {
        seen.memory = Math.max(seen.memory, bytes);
      },
    });
    define();
    await call({ fetch: 'http://127.0.0.1:65535/path', http: 'http://127.0.0.1:65535/other' });
    await call({});
    expect(seen).toMatchObject({ loads: 1, cold: [true, false] });
    expect(seen.requests).toEqual(['work GET /path', 'work GET /other']);
    await vi.waitFor(() => expect(seen.memory).toBeGreaterThan(1024 ** 2));
  });
});

describe('function host', () => {
  it('gives the code its environment, its context and nothing else', async () => {
    define();
    const result = await call({});
    expect(result).toMatchObject({
      environment: ['PATH', 'TABLE_NAME'],
      name: 'work',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:work',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      isDate: true,
      midnight: 0,
    });
    expect(result.remaining).toBeGreaterThan(2_000);
    expect(result.remaining).toBeLessThanOrEqual(3_000);
  });

  it('reuses a warm environment and starts more for concurrent invocations', async () => {
    define();
    expect((await call({})).count).toBe(1);
    expect((await call({})).count).toBe(2);
    const counts = await Promise.all([call({ sleep: 50 }), call({ sleep: 50 })]);
    expect(counts.map(({ count }) => count).sort()).toEqual([1, 3]);
    await host.coolDown();
    expect((await call({})).count).toBe(1);
  });

  it('serves a burst with few environments, and starts more when none becomes free', async () => {
    const processors = Math.max(2, availableParallelism());
    let loads = 0;
    host.observe({ onLoaded: () => void loads++, onInvoked() {}, onRequest() {}, onMemory() {} });
    define({ timeoutMs: 60_000 });
    await Promise.all(Array.from({ length: 12 }, () => call({ sleep: 20 })));
    expect(loads).toBeLessThanOrEqual(processors);
    const stuck = Array.from({ length: processors }, () => host.invoke('work', '{"sleep":50000}'));
    expect((await call({})).count).toBe(1);
    await host.killRunning('work');
    await Promise.all(stuck);
  }, 40_000);

  it('finds the code that a copy of the bundle has compiled', async () => {
    const codeCache = join(directory, 'code-cache');
    const copy = join(directory, 'copy');
    mkdirSync(join(directory, 'bundle'));
    mkdirSync(codeCache);
    writeFileSync(join(directory, 'bundle/index.mjs'), code);
    cpSync(join(directory, 'bundle'), join(copy, 'bundle'), { recursive: true });
    symlinkSync(codeCache, join(copy, 'code-cache'));
    const kept = () =>
      readdirSync(codeCache, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.includes('.'))
        .map(({ name, parentPath }) => `${name} ${statSync(join(parentPath, name)).ino}`);
    const written: string[][] = [];
    for (const assembly of [directory, copy]) {
      const own = createFunctionHost({
        ...{ clock, clockOffset: clock.shared, onLine() {} },
        codeCache: join(assembly, 'code-cache'),
      });
      own.define({ ...definition, directory: join(assembly, 'bundle') });
      expect(await own.invoke('work', '{}')).toMatchObject({ kind: 'result' });
      await vi.waitFor(() => expect(kept()).toHaveLength(1), 5_000);
      // What comes after this is answered when the code is kept.
      expect(await own.invoke('work', '{}')).toMatchObject({ kind: 'result' });
      await own.close();
      written.push(kept());
    }
    expect(written[1]).toEqual(written[0]);
  });

  it("follows the cloud's clock, also in workers that already run", async () => {
    define();
    await call({});
    await clock.advance(86_400_000);
    const result = await call({});
    expect(result.now).toBeGreaterThan(Date.now() + 86_399_000);
    expect(Number(result.constructed) - Number(result.now)).toBeLessThan(100);
  });

  it('terminates a worker at the time-out, even one that never yields', async () => {
    define({ timeoutMs: 300 });
    const started = Date.now();
    expect(await callError({ spin: true })).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 0.30 seconds$/),
    });
    expect(Date.now() - started).toBeLessThan(2_000);
    expect((await call({})).count).toBe(1);
  });

  it('reports thrown errors and keeps the environment', async () => {
    define();
    expect(await callError({ throw: 'too far' })).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'too far',
      trace: expect.arrayContaining(['RangeError: too far']),
    });
    expect((await call({})).count).toBe(2);
  });

  it('reports unhandled rejections, exits and starts a new environment', async () => {
    define();
    expect(await callError({ reject: true })).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'lost',
    });
    expect(await callError({ exit: true })).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect((await call({})).count).toBe(1);
  });

  it('reports code that does not load or has no handler', async () => {
    define({ environment: { FAIL_INIT: '1' } });
    expect(await callError({})).toMatchObject({ errorType: 'TypeError', errorMessage: 'no way' });
    define({ handler: 'index.other' });
    expect(await callError({})).toMatchObject({ errorType: 'Runtime.HandlerNotFound' });
    define({ handler: 'absent.handler' });
    expect(await callError({})).toMatchObject({
      errorMessage: expect.stringContaining('Cannot find module'),
    });
  });

  it('throttles above the reserved concurrency', async () => {
    define({ reservedConcurrency: 1 });
    const first = call({ sleep: 100 });
    expect(await host.invoke('work', '{}')).toBeUndefined();
    await first;
    expect((await call({})).count).toBe(2);
  });

  it('ends a worker that uses more than its memory', async () => {
    define({ memoryMb: 32 });
    expect(await callError({ fill: true })).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect((await call({})).count).toBe(1);
  });

  it("refuses responses above Lambda's limit", async () => {
    define();
    const error = await callError({ big: 7 * 1024 * 1024 });
    expect(error).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
    expect((await call({})).count).toBe(2);
  });

  it('kills running invocations on demand', async () => {
    define();
    await call({});
    const running = callError({ sleep: 5_000 });
    await vi.waitFor(() => expect(host.running()).toBe(1));
    expect(await host.killRunning('work')).toBe(1);
    expect(await running).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(host.running()).toBe(0);
  });

  it('passes on each line with the request that wrote it', async () => {
    define();
    const { requestId } = await call({});
    await call({ log: true });
    const written = lines.map(({ line }) => line);
    expect(written).toEqual(['hello', 'world', 'oops', 'no end']);
    const ids = new Set(lines.map((line) => line.requestId));
    expect(ids.size).toBe(1);
    expect(ids.has(String(requestId))).toBe(false);
  });

  it('retries a failed event after one and two minutes, then drops it', async () => {
    define();
    const failures = () => lines.filter(({ line }) => line.includes('again')).length;
    void host.invokeLater('work', JSON.stringify({ throw: 'again' }));
    await vi.waitFor(() => expect(failures()).toBe(1));
    await clock.advance(59_000);
    expect(host.running()).toBe(0);
    await clock.advance(1_000);
    await vi.waitFor(() => expect(failures()).toBe(2));
    await clock.advance(120_000);
    await vi.waitFor(() => expect(failures()).toBe(3));
    await clock.advance(3_600_000);
    expect(host.running()).toBe(0);
  });
});
