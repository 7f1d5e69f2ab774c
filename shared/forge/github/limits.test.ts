import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { asId, type InstallationId } from '../../domain/ids.ts';
import { type BudgetOf, createMemoryBudgets } from '../budget.ts';
import type { Purpose } from '../limits.ts';
import { createRequests } from './requests.ts';
import {
  createTestClock,
  errorOf,
  startTestApi,
  type TestAnswer,
  type TestApi,
  testApp,
} from './test-api.ts';

const installation = asId<InstallationId>(41);
const schema = z.object({ login: z.string() });

let api: TestApi;
let clock: ReturnType<typeof createTestClock>;
let budgets: BudgetOf;
let reads: number;
beforeEach(async () => {
  api = await startTestApi();
  clock = createTestClock();
  reads = 0;
  const shared = createMemoryBudgets();
  budgets = (credential) => ({
    ...shared(credential),
    read() {
      reads += credential === 'app' ? 0 : 1;
      return shared(credential).read();
    },
  });
  api.answer = () => answer();
});
afterEach(() => api.stop());

const answer = (headers: Record<string, string> = {}): TestAnswer => ({ headers, json: { login: 'acme' } });
const budgetHeaders = (remaining: number, resource = 'core'): Record<string, string> => ({
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(clock.time / 1000 + 600),
  'x-ratelimit-resource': resource,
});
const refusal = (headers: Record<string, string> = {}): TestAnswer => ({
  status: 403,
  headers,
  json: { message: 'You have exceeded a secondary rate limit.' },
});

/** A worker in its own process. */
function worker(random = () => 0) {
  const app = testApp(api, { clock, budgets, random });
  return {
    ask(purpose: Purpose = 'rights', route = 'GET /orgs/acme') {
      return createRequests(app, installation, purpose).get(route, {}, schema);
    },
    requests: (purpose: Purpose = 'rights') => createRequests(app, installation, purpose),
  };
}

describe('R29: one budget per credential over all workers', () => {
  test('a limit that one worker meets holds for another, without a request', async () => {
    const [one, other] = [worker(), worker()];
    await other.ask();
    api.answer = () => refusal({ 'retry-after': '90' });
    const until = clock.time + 90_000;
    expect(await errorOf(one.ask())).toMatchObject({ code: 'rate-limited', notBefore: until });
    const sent = api.requests.length;
    api.answer = () => answer();
    expect(await errorOf(other.ask())).toMatchObject({ code: 'rate-limited', notBefore: until });
    expect(await errorOf(worker().ask())).toMatchObject({ code: 'rate-limited', notBefore: until });
    expect(api.requests).toHaveLength(sent);
    clock.time = until;
    expect(await other.ask()).toEqual({ login: 'acme' });
  });

  test('is read every ten seconds, and when a reader is created', async () => {
    const { requests } = worker();
    const reader = requests();
    for (let count = 0; count < 5; count += 1) {
      await reader.get('GET /orgs/acme', {}, schema);
    }
    expect(reads).toBe(1);
    clock.time += 10_000;
    await reader.get('GET /orgs/acme', {}, schema);
    expect(reads).toBe(2);
    await requests().get('GET /orgs/acme', {}, schema);
    expect(reads).toBe(3);
  });

  test("the app's own requests have a separate budget", async () => {
    api.answer = ({ path }) => (path.startsWith('/app') ? answer() : refusal({ 'retry-after': '90' }));
    const { ask } = worker();
    expect((await errorOf(ask())).code).toBe('rate-limited');
    expect(await ask('rights', 'GET /app/installations/41')).toEqual({ login: 'acme' });
  });

  test("a limit that a redelivery meets is the app's own", async () => {
    const { requests, ask } = worker();
    api.answer = () => refusal({ 'retry-after': '90' });
    const route = 'POST /app/hook/deliveries/{delivery_id}/attempts';
    await errorOf(requests('log').get(route, { delivery_id: '5' }, z.unknown()));
    api.answer = () => answer();
    expect(await ask()).toEqual({ login: 'acme' });
    expect(await errorOf(ask('log', 'GET /app/hook/deliveries'))).toMatchObject({ code: 'rate-limited' });
  });

  test("half of the app's own budget is kept from those who look at its log", async () => {
    const { ask } = worker();
    const log = 'GET /app/hook/deliveries';
    api.answer = () => answer(budgetHeaders(2500));
    await ask('log', log);
    await ask('log', log);
    api.answer = () => answer(budgetHeaders(2499));
    await ask('log', log);
    expect(await errorOf(ask('log', log))).toMatchObject({ code: 'rate-limited' });
    expect(await ask('rights', log)).toEqual({ login: 'acme' });
  });
});

describe('R33: a limit without a named end', () => {
  test('makes all workers wait longer each time', async () => {
    api.answer = () => refusal();
    const waits: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      const { notBefore = 0 } = await errorOf(worker().ask());
      waits.push((notBefore - clock.time) / 60_000);
      clock.time = notBefore;
    }
    expect(waits).toEqual([1, 2, 4, 8]);
    expect(api.requests).toHaveLength(4);
  });

  test('counts once for all requests that were under way', async () => {
    const { ask } = worker();
    await ask();
    api.answer = () => refusal();
    const errors = await Promise.all(Array.from({ length: 8 }, () => errorOf(ask())));
    expect(new Set(errors.map(({ notBefore = 0 }) => notBefore - clock.time))).toEqual(new Set([60_000]));
  });

  test('stops a hundred further requests before they are sent', async () => {
    api.answer = () => refusal();
    await errorOf(worker().ask());
    await Promise.all(Array.from({ length: 100 }, () => errorOf(worker().ask('contents'))));
    expect(api.requests).toHaveLength(1);
  });

  test('spreads the retries of contents, but lets rights continue at once', async () => {
    api.answer = () => refusal();
    const { notBefore = 0 } = await errorOf(worker().ask());
    const times = [0, 0.5, 0.999].map((drawn) => errorOf(worker(() => drawn).ask('contents')));
    const late = (await Promise.all(times)).map((error) => (error.notBefore ?? 0) - notBefore);
    expect(late).toEqual([0, 15_000, 29_970]);
    expect((await errorOf(worker(() => 0.9).ask())).notBefore).toBe(notBefore);
  });
});

describe('the reserve', () => {
  test.each(['core', 'graphql'])(
    'of the %s budget is for rights: contents wait for the reset',
    async (resource) => {
      api.answer = () => answer(budgetHeaders(499, resource));
      await worker().ask('contents');
      const sent = api.requests.length;
      const error = await errorOf(worker().ask('contents'));
      expect(error).toMatchObject({ code: 'rate-limited', notBefore: clock.time + 600_000 });
      expect(api.requests).toHaveLength(sent);
      expect(await worker().ask('rights')).toEqual({ login: 'acme' });
      clock.time += 600_000;
      expect(await worker().ask('contents')).toEqual({ login: 'acme' });
    },
  );

  test('is half as large for archives, which a client waits for', async () => {
    api.answer = () => answer(budgetHeaders(250));
    await worker().ask('contents');
    expect((await errorOf(worker().ask('contents'))).code).toBe('rate-limited');
    expect(await worker().ask('archives')).toEqual({ login: 'acme' });
    api.answer = () => answer(budgetHeaders(249));
    await worker().ask('archives');
    const sent = api.requests.length;
    const error = await errorOf(worker().ask('archives'));
    expect(error).toMatchObject({ code: 'rate-limited', notBefore: clock.time + 600_000 });
    expect(api.requests).toHaveLength(sent);
    expect(await worker().ask('rights')).toEqual({ login: 'acme' });
    clock.time += 600_000;
    expect(await worker().ask('archives')).toEqual({ login: 'acme' });
  });

  test('is half of the budget for archives that nobody asked for, which take nothing of anybody else', async () => {
    api.answer = () => answer(budgetHeaders(2500));
    await worker().ask('spare');
    expect(await worker().ask('spare')).toEqual({ login: 'acme' });
    api.answer = () => answer(budgetHeaders(2499));
    await worker().ask('contents');
    const sent = api.requests.length;
    expect(await errorOf(worker().ask('spare'))).toMatchObject({
      code: 'rate-limited',
      notBefore: clock.time + 600_000,
    });
    expect(api.requests).toHaveLength(sent);
    expect(await worker().ask('contents')).toEqual({ login: 'acme' });
  });

  test('is a tenth', async () => {
    api.answer = () => answer(budgetHeaders(500));
    await worker().ask();
    expect(await worker().ask('contents')).toEqual({ login: 'acme' });
  });

  test('is not set by a response without budget headers', async () => {
    for (const headers of [
      {},
      { 'x-ratelimit-remaining': '0' },
      { ...budgetHeaders(0), 'x-ratelimit-reset': 'x' },
    ]) {
      api.answer = () => answer(headers);
      await worker().ask();
    }
    expect(await worker().ask('contents')).toEqual({ login: 'acme' });
  });
});
