import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBudgets } from './budgets.ts';
import { createSecondaryLimits } from './secondary-limits.ts';
import {
  addRepository,
  addTeam,
  emptyState,
  graphql,
  installation,
  makeJwt,
  rest,
  startApi,
  type TestApi,
} from './test-world.ts';

const HOUR = 3_600_000;
const state = emptyState();
let api: TestApi;

beforeAll(async () => {
  addRepository(state, 900, 'open').visibility = 'public';
  addTeam(state, 60, 'backend');
  state.installations.set(43, { ...installation(state), id: 43 });
  api = await startApi(state, { secondaryLimits: true });
});
afterAll(() => api.stop());
beforeEach(() => {
  // A new hour, in which all budgets are full.
  api.clock.ahead += HOUR + 1000;
});

function standingOf(headers: Headers) {
  const number = (name: string) => Number(headers.get(`x-ratelimit-${name}`));
  return {
    limit: number('limit'),
    remaining: number('remaining'),
    used: number('used'),
    reset: number('reset'),
    resource: headers.get('x-ratelimit-resource'),
  };
}
const seconds = () => Math.floor((Date.now() + api.clock.ahead) / 1000);

describe('the primary limit in REST', () => {
  it('counts each request, whatever its answer, and reports the rest and the time of reset', async () => {
    const begun = seconds();
    const token = api.token();
    const seen = [];
    for (const path of ['/orgs/acme', '/orgs/acme/teams', '/repos/acme/none', '/orgs/acme'])
      seen.push(standingOf((await rest(api, path, token)).headers));
    expect(seen.map(({ used, remaining, limit, resource }) => [used, remaining, limit, resource])).toEqual(
      [1, 2, 3, 4].map((used) => [used, 5000 - used, 5000, 'core']),
    );
    const resets = new Set(seen.map(({ reset }) => reset));
    expect(resets.size).toBe(1);
    for (const reset of resets) {
      expect(reset).toBeGreaterThanOrEqual(begun + 3600);
      expect(reset).toBeLessThanOrEqual(seconds() + 3601);
    }
    api.clock.ahead += HOUR - 5000;
    expect(standingOf((await rest(api, '/orgs/acme', api.token())).headers).used).toBe(5);
    api.clock.ahead += 10_000;
    expect(standingOf((await rest(api, '/orgs/acme', api.token())).headers).used).toBe(1);
  });

  it('is separate for each installation, for the app and for anonymous requests', async () => {
    await rest(api, '/orgs/acme');
    const made = api.tokens.issue(state, 43, { stateless: true });
    const other = 'token' in made ? made.token : '';
    const jwt = makeJwt({ iss: state.app.id, iat: seconds() - 30, exp: seconds() + 540 });
    for (const [token, limit] of [
      [other, 5000],
      [jwt, 5000],
      ['', 60],
    ] as const) {
      const { headers } = await rest(api, '/repos/acme/open', token);
      expect(standingOf(headers)).toMatchObject({ used: 1, limit });
    }
  });

  it('refuses what exceeds it, and everything after that, until the hour is over', async () => {
    const statuses = [];
    for (let count = 0; count < 60; count++) statuses.push((await rest(api, '/repos/acme/open', '')).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    for (let count = 0; count < 2; count++) {
      const { status, headers, body } = await rest(api, '/repos/acme/open', '');
      expect([status, body.message]).toEqual([403, 'API rate limit exceeded for 127.0.0.1.']);
      expect(standingOf(headers)).toMatchObject({ remaining: 0, used: 60 });
      expect(headers.get('retry-after')).toBeNull();
    }
    const { headers } = await rest(api, '/rate_limit', '');
    const { reset } = standingOf(headers);
    api.clock.ahead += (reset - seconds()) * 1000;
    expect((await rest(api, '/repos/acme/open', '')).status).toBe(200);
  });

  it('is reported free of charge', async () => {
    const token = api.token();
    await rest(api, '/orgs/acme', token);
    await graphql(api, '{ organization(login:"acme") { login } }', {}, token);
    for (let count = 0; count < 2; count++) {
      const { body } = await rest(api, '/rate_limit', token);
      expect(body.resources.core).toMatchObject({ limit: 5000, used: 1, remaining: 4999 });
      expect(body.resources.graphql).toMatchObject({ limit: 5000, used: 1, remaining: 4999 });
      expect(body.rate).toEqual(body.resources.core);
    }
  });
});

describe('the primary limit in GraphQL', () => {
  const QUERY = `query($count:Int!) { rateLimit { limit cost remaining used resetAt nodeCount }
    organization(login:"acme") { teams(first:$count) { nodes { members(first:1) { totalCount } repositories(first:1) { totalCount } childTeams(first:1) { totalCount } } } } }`;

  it('counts points in a budget of its own, reported alike in the answer and its headers', async () => {
    const token = api.token();
    await rest(api, '/orgs/acme', token);
    let used = 0;
    for (const [count, cost] of [
      [1, 1],
      [50, 2],
      [100, 3],
    ] as const) {
      const { headers, body } = await graphql(api, QUERY, { count }, token);
      used += cost;
      const { reset, ...standing } = standingOf(headers);
      expect(standing).toEqual({ limit: 5000, used, remaining: 5000 - used, resource: 'graphql' });
      expect(body.data.rateLimit).toEqual({
        limit: 5000,
        cost,
        used,
        remaining: 5000 - used,
        resetAt: new Date(reset * 1000).toISOString().replace('.000Z', 'Z'),
        nodeCount: count + 3 * count,
      });
    }
    expect(standingOf((await rest(api, '/orgs/acme', token)).headers).used).toBe(2);
  });

  it('charges nothing for an invalid query', async () => {
    const token = api.token();
    for (const query of ['{ nothing }', '{ organization(']) await graphql(api, query, {}, token);
    expect(standingOf((await graphql(api, '{ rateLimit { cost } }', {}, token)).headers).used).toBe(1);
  });
});

describe('a budget', () => {
  it('is not overdrawn by a query that costs more than the rest', () => {
    let now = 1_000_000;
    const budgets = createBudgets(() => now);
    expect(budgets.charge('a', 'graphql', 10, 8)).toMatchObject({ granted: true, remaining: 2, reset: 4600 });
    expect(budgets.charge('a', 'graphql', 10, 3)).toMatchObject({ granted: false, remaining: 0 });
    expect(budgets.charge('a', 'graphql', 10, 1)).toMatchObject({ granted: false, remaining: 0 });
    expect(budgets.charge('b', 'graphql', 10, 10)).toMatchObject({ granted: true, remaining: 0 });
    expect(budgets.charge('a', 'core', 10, 10)).toMatchObject({ granted: true });
    now += HOUR;
    expect(budgets.charge('a', 'graphql', 10, 1)).toMatchObject({ granted: true, remaining: 9, reset: 8200 });
  });
});

describe('the secondary limits', () => {
  it('allow a number of points per minute: one for a GET, five for a write', () => {
    let now = 0;
    const limits = createSecondaryLimits(() => now);
    const passed = (holder: string, surface: 'rest' | 'graphql', method: string) => {
      for (let count = 0; ; count++) {
        const entered = limits.enter(holder, surface, method);
        if (typeof entered === 'object') return { count, ...entered };
        entered();
      }
    };
    now = 30_000;
    expect(passed('a', 'rest', 'GET')).toMatchObject({
      count: 900,
      status: 403,
      message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      headers: { 'retry-after': '60' },
    });
    expect(passed('b', 'rest', 'POST').count).toBe(180);
    expect(passed('a', 'graphql', 'POST').count).toBe(2000);
    now += 45_500;
    expect(passed('a', 'rest', 'GET')).toMatchObject({ count: 0, headers: { 'retry-after': '15' } });
    now += 15_000;
    expect(passed('a', 'rest', 'GET').count).toBe(900);
  });

  it('allow a hundred concurrent requests over both surfaces', () => {
    const limits = createSecondaryLimits(() => 0);
    const under = Array.from({ length: 100 }, (_, index) =>
      limits.enter('a', index % 2 === 0 ? 'rest' : 'graphql', 'GET'),
    );
    expect(limits.enter('a', 'rest', 'GET')).toMatchObject({ status: 403, headers: { 'retry-after': '60' } });
    expect(limits.enter('b', 'rest', 'GET')).toBeTypeOf('function');
    const [first] = under;
    if (typeof first === 'function') first();
    expect(limits.enter('a', 'graphql', 'POST')).toBeTypeOf('function');
  });

  it('refuse requests, and allow them again after the reported time', async () => {
    const jwt = () => makeJwt({ iss: state.app.id, iat: seconds() - 30, exp: seconds() + 540 });
    const path = '/app/installations/43/access_tokens';
    const ask = () => rest(api, path, jwt(), { method: 'POST' });
    let refused = await ask();
    for (let count = 0; count < 200 && refused.status === 201; count++) refused = await ask();
    expect([refused.status, refused.body.message]).toEqual([
      403,
      expect.stringContaining('secondary rate limit'),
    ]);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    api.clock.ahead += wait * 1000;
    expect((await ask()).status).toBe(201);
  });

  it('may be reported in GraphQL with 200', async () => {
    api.faults.add('secondary-limit', {}, { status: 200, retryAfter: 7 });
    const { status, headers, body } = await graphql(api, '{ rateLimit { cost } }');
    expect([status, headers.get('retry-after'), body.data]).toEqual([200, '7', undefined]);
    expect(body.errors).toEqual([{ message: expect.stringContaining('secondary rate limit') }]);
  });
});
