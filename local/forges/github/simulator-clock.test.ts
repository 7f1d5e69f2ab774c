/** The whole simulator on a clock that the test steps: lagging reads, late deliveries, and the log of deliveries as the app reads it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCloudClock, type SteppableClock } from '../../cloud/runtime/clock.ts';
import type { ChangeName } from './changes.ts';
import { createAppJwt, type SimulatorFixture, startFixture } from './simulator-fixture.ts';

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;
let clock: SteppableClock;
let fixture: SimulatorFixture;

beforeEach(async () => {
  clock = createCloudClock();
  fixture = await startFixture({ clock });
});
afterEach(() => fixture.close());

async function ask(path: string, init: RequestInit & { token?: string } = {}) {
  const { token = createAppJwt(fixture.simulator.state.app, clock.now()), ...rest } = init;
  const response = await fetch(path.startsWith('http') ? path : `${fixture.simulator.addresses.api}${path}`, {
    ...rest,
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts on the shape of each answer itself
  const body: any = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, body };
}

async function installationToken(): Promise<string> {
  const [installation] = fixture.simulator.state.installations.values();
  const path = `/app/installations/${installation?.id}/access_tokens`;
  return (await ask(path, { method: 'POST' })).body.token;
}

interface LaggingScope {
  readonly scope: string;
  readonly match: Readonly<Record<string, string>>;
  /** GraphQL, or a path of REST. */
  readonly read: string;
  readonly change: readonly [ChangeName, unknown];
  /** What the answer has until the change becomes visible. */
  readonly before: string;
}

describe('a lagging read', () => {
  const scopes: readonly LaggingScope[] = [
    {
      scope: 'settings',
      match: { route: '/orgs/{org}' },
      read: '/orgs/acme',
      change: ['set-base-permission', { permission: 'write' }],
      before: '"default_repository_permission":"none"',
    },
    {
      scope: 'members',
      match: { operation: 'Members' },
      read: 'query Members { organization(login:"acme") { membersWithRole(first:9) { nodes { login } } } }',
      change: ['remove-organization-member', { user: 'bob' }],
      before: '"bob"',
    },
    {
      scope: 'teams',
      match: { operation: 'Teams' },
      read: 'query Teams { organization(login:"acme") { teams(first:9) { nodes { members(first:9) { nodes { login } } } } } }',
      change: ['remove-team-member', { team: 'payments', user: 'ann' }],
      before: '"ann"',
    },
    {
      scope: 'repositories',
      match: { operation: 'Repositories' },
      read: `query Repositories { organization(login:"acme") { repositories(first:9) { nodes {
        collaborators(first:9, affiliation:DIRECT) { nodes { login } } } } } }`,
      change: ['remove-collaborator', { repository: 'money', user: 'olga' }],
      before: '"olga"',
    },
    {
      scope: 'refs',
      match: { operation: 'Refs' },
      read: 'query Refs { repository(owner:"acme", name:"money") { refs(refPrefix:"refs/tags/", first:9) { nodes { name } } } }',
      change: ['set-refs', { repository: 'money', refs: { 'refs/tags/1.1.0': null } }],
      before: '"1.1.0"',
    },
  ];

  async function stale(token: string): Promise<string[]> {
    const old: string[] = [];
    for (const { scope, read, before } of scopes) {
      const { status, body } = read.startsWith('/')
        ? await ask(read, { token })
        : await ask('/graphql', { method: 'POST', token, body: JSON.stringify({ query: read }) });
      expect([scope, status, body.errors]).toEqual([scope, 200, undefined]);
      if (JSON.stringify(body).includes(before)) old.push(scope);
    }
    return old;
  }

  it.each(scopes)('of $scope is two minutes behind, and no other read is', async ({ scope, match }) => {
    const { changes, faults } = fixture.simulator;
    const token = await installationToken();
    expect(await stale(token)).toEqual(scopes.map((each) => each.scope));
    faults.add({ kind: 'lagging-read', seconds: 120, match });
    for (const { change } of scopes) await changes.runUnchecked(...change);
    expect(await stale(token)).toEqual([scope]);
    await clock.advance(115 * SECOND);
    expect(await stale(token)).toEqual([scope]);
    await clock.advance(5 * SECOND);
    expect(await stale(token)).toEqual([]);
  });
});

it('a token expires after an hour, and a download link after five minutes', async () => {
  const token = await installationToken();
  const archive = '/repos/acme/money/zipball/1.0.0';
  const { headers } = await fetch(`${fixture.simulator.addresses.api}${archive}`, {
    redirect: 'manual',
    headers: { authorization: `Bearer ${token}` },
  });
  const link = headers.get('location') ?? '';
  expect((await fetch(link)).status).toBe(200);
  await clock.advance(301 * SECOND);
  expect((await fetch(link)).status).toBe(404);
  expect((await ask('/orgs/acme/teams', { token })).status).toBe(200);
  await clock.advance(55 * 60 * SECOND);
  expect((await ask('/orgs/acme/teams', { token })).body.message).toBe('Bad credentials');
});

it('a slow answer arrives when the clock has advanced', async () => {
  fixture.simulator.faults.add({ kind: 'slow', delayMs: 60 * SECOND, times: 1 });
  let answered = false;
  const asked = ask('/app').then(({ status }) => {
    answered = true;
    return status;
  });
  await vi.waitFor(() => expect(fixture.simulator.faults.list()).toEqual([]));
  await clock.advance(59 * SECOND);
  expect(answered).toBe(false);
  await clock.advance(SECOND);
  expect(await asked).toBe(200);
});

describe('the log of deliveries', () => {
  const received = (event: string) => fixture.receiver.events().filter((each) => each === event).length;
  const change = (name: ChangeName, input: unknown) => fixture.simulator.changes.runUnchecked(name, input);
  const log = async (query = '') => (await ask(`/app/hook/deliveries${query}`)).body;

  it('shows what arrived, late or twice, what failed and what was not answered, but not what was lost', async () => {
    const { simulator, receiver } = fixture;
    for (const [kind, action, more] of [
      ['delivery-lost', 'archived', {}],
      ['delivery-failed', 'unarchived', {}],
      ['delivery-delayed', 'privatized', { delayMs: 90 * SECOND }],
      ['delivery-doubled', 'renamed', {}],
      ['delivery-reordered', 'publicized', {}],
    ] as const) {
      simulator.faults.add({ kind, match: { event: 'repository', action }, times: 1, ...more });
    }
    await change('archive-repository', { repository: 'billing' });
    await change('unarchive-repository', { repository: 'billing' });
    await change('set-visibility', { repository: 'billing', visibility: 'public' });
    await change('set-visibility', { repository: 'billing', visibility: 'private' });
    await change('rename-repository', { repository: 'billing', to: 'bills' });
    await simulator.idle();
    expect(
      receiver
        .events()
        .filter((event) => event !== 'public')
        .sort(),
    ).toEqual(['repository.publicized', 'repository.renamed', 'repository.renamed']);
    expect(receiver.events()[0]).toBe('public');
    await clock.advance(89 * SECOND);
    expect(received('repository.privatized')).toBe(0);
    await clock.advance(2 * SECOND);
    await simulator.idle();
    expect(received('repository.privatized')).toBe(1);

    receiver.status = 500;
    await change('create-team', { name: 'Five hundred' });
    await simulator.idle();
    receiver.status = 202;
    receiver.silent = true;
    const before = receiver.received.length;
    await change('create-team', { name: 'Silence' });
    await vi.waitFor(() => expect(receiver.received).toHaveLength(before + 1));
    await clock.advance(9 * SECOND);
    expect(simulator.state.deliveries.at(-1)).toMatchObject({ statusCode: 500 });
    await clock.advance(SECOND);
    await simulator.idle();
    receiver.silent = false;

    const shown: Record<string, unknown>[] = await log();
    const line = (one: Record<string, unknown>) =>
      `${one.event} ${one.action} ${one.status_code} ${one.status}`;
    expect(shown.map(line).sort()).toEqual([
      'public null 202 OK',
      'repository privatized 202 OK',
      'repository publicized 202 OK',
      'repository renamed 202 OK',
      'repository renamed 202 OK',
      'repository unarchived 0 timed out',
      'team created 0 timed out',
      'team created 500 Invalid HTTP Response: 500',
    ]);
    const renamed = shown.filter(({ action }) => action === 'renamed');
    expect(new Set(renamed.map(({ guid }) => guid)).size).toBe(1);
    expect(new Set(renamed.map(({ id }) => id)).size).toBe(2);
    // GitHub's own filter only knows answers: time-outs are neither failures nor successes.
    expect((await log('?status=failure')).map(line)).toEqual(['team created 500 Invalid HTTP Response: 500']);
    expect(await log('?status=success')).toHaveLength(5);
    const timedOut = shown.filter(({ status }) => status === 'timed out');
    expect(timedOut.map(({ duration }) => Math.floor(Number(duration)))).toEqual([10, 10]);
  });

  it('has the request and the answer of each, and can resend it under its own id, for three days', async () => {
    const { simulator, receiver } = fixture;
    simulator.faults.add({ kind: 'delivery-failed', times: 1 });
    await change('create-team', { name: 'Ops' });
    await simulator.idle();
    expect(receiver.received).toEqual([]);
    const [failed] = await log();
    const one = `/app/hook/deliveries/${failed.id}`;
    expect((await ask(one)).body).toMatchObject({
      ...failed,
      url: receiver.url,
      request: {
        headers: { 'X-GitHub-Event': 'team', 'X-GitHub-Delivery': failed.guid },
        payload: { action: 'created' },
      },
      response: { headers: null, payload: null },
    });

    const again = await ask(`${one}/attempts`, { method: 'POST' });
    expect([again.status, again.body]).toEqual([202, {}]);
    await simulator.idle();
    const [newest, oldest] = await log();
    expect(oldest).toEqual(failed);
    expect(newest).toMatchObject({ guid: failed.guid, redelivery: true, status: 'OK', status_code: 202 });
    expect(newest.id).toBeGreaterThan(failed.id);
    const { body } = await ask(`/app/hook/deliveries/${newest.id}`);
    const [received] = receiver.received;
    const sent = Object.fromEntries(
      Object.entries(body.request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    expect(received?.headers).toMatchObject(sent);
    expect(Object.keys(sent)).toEqual(
      expect.arrayContaining([
        'x-github-event',
        'x-github-delivery',
        'x-hub-signature-256',
        'x-github-hook-id',
      ]),
    );
    expect(body.request.payload).toEqual(received?.payload);
    expect(body.response.headers).toHaveProperty('date');

    await clock.advance(3 * DAY - 60 * SECOND);
    expect(await log()).toHaveLength(2);
    await clock.advance(61 * SECOND);
    expect(await log()).toEqual([]);
    expect((await ask(one)).status).toBe(404);
    expect((await ask(`${one}/attempts`, { method: 'POST' })).status).toBe(404);
  });
});
