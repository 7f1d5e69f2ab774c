import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createAppJwt, type SimulatorFixture, startFixture } from './simulator-fixture.ts';

let fixture: SimulatorFixture;
let token: string;

beforeAll(async () => {
  fixture = await startFixture();
  token = await newToken();
});
beforeEach(() => fixture.simulator.intercept(undefined));
afterAll(() => fixture.close());

const api = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${fixture.simulator.addresses.api}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  });

async function newToken(): Promise<string> {
  const { state } = fixture.simulator;
  const [installation] = state.installations.keys();
  const answer = await api(`/app/installations/${installation}/access_tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${createAppJwt(state.app)}` },
  });
  return z.object({ token: z.string() }).parse(await answer.json()).token;
}

it('breaks a request off before or after it was answered, and runs an action first', async () => {
  const { simulator } = fixture;
  const logged = () => simulator.requests.summary().total;
  for (const when of ['before', 'after'] as const) {
    let acted = false;
    const act = async () => {
      acted = true;
    };
    simulator.intercept(({ path }) => (path === '/orgs/acme' ? { when, act } : undefined));
    await expect(api('/orgs/acme')).rejects.toThrow();
    expect(acted).toBe(true);
    expect((await api('/orgs/other')).status).not.toBe(0);
  }
  simulator.intercept(undefined);
  const before = logged();
  expect((await api('/orgs/acme')).status).toBe(200);
  expect(logged()).toBe(before + 1);
});

it('breaks an archive off before its end', async () => {
  const { simulator } = fixture;
  const redirect = await api('/repos/acme/money/zipball/1.0.0', { redirect: 'manual' });
  const location = redirect.headers.get('location') ?? '';
  for (const when of ['before', 'after'] as const) {
    simulator.intercept(({ surface }) => (surface === 'codeload' ? { when } : undefined));
    await expect(fetch(location).then((answer) => answer.arrayBuffer())).rejects.toThrow();
  }
  simulator.intercept(undefined);
  expect((await fetch(location)).status).toBe(200);
});

it('sees the GraphQL operation', async () => {
  const asked: (string | undefined)[] = [];
  fixture.simulator.intercept(({ operation }) => {
    asked.push(operation);
    return undefined;
  });
  const body = JSON.stringify({ query: 'query Who { viewer { login } }', operationName: 'Who' });
  await api('/graphql', { method: 'POST', body });
  expect(asked).toEqual(['Who']);
});

it('refills the budgets', async () => {
  const left = async () => Number((await api('/orgs/acme')).headers.get('x-ratelimit-remaining'));
  const first = await left();
  expect(await left()).toBe(first - 1);
  fixture.simulator.renewBudgets();
  expect(await left()).toBeGreaterThanOrEqual(first);
});
