import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createTestClock, type GitLabFixture, startFixture } from '../simulator-fixture.ts';
import { personalToken } from '../state.ts';

const clock = createTestClock();
let gitLab: GitLabFixture;
beforeAll(async () => {
  gitLab = await startFixture({ clock });
});
afterAll(() => gitLab.close());
afterEach(() => gitLab.simulator.faults.remove());

const status = async (path = '/user'): Promise<number> => (await gitLab.api('alice', path)).status;

it('requests fail as the fault says, as often as it says', async () => {
  const { faults } = gitLab.simulator;
  faults.add({ kind: 'server-error', status: 503, times: 1, match: { path: '/user' } });
  expect([await status('/version'), await status(), await status()]).toEqual([200, 503, 200]);
  faults.add({ kind: 'bad-credential', times: 1 });
  expect(await status()).toBe(401);
  faults.add({ kind: 'drop-connection', times: 1 });
  await expect(gitLab.api('alice', '/user')).rejects.toThrow('fetch failed');
});

it('a spent limit is told with or without the time to wait', async () => {
  const { faults } = gitLab.simulator;
  faults.add({ kind: 'rate-limit', retryAfter: 17, times: 1 });
  expect((await gitLab.api('alice', '/user')).headers.get('retry-after')).toBe('17');
  faults.add({ kind: 'rate-limit', times: 1 });
  const { status, headers } = await gitLab.api('alice', '/user');
  expect([status, headers.get('retry-after')]).toEqual([429, null]);
});

it('a lagging read answers from the past', async () => {
  gitLab.simulator.faults.add({ kind: 'lagging-read', seconds: 30 });
  clock.step(60_000);
  await gitLab.simulator.changes.run('set-member', { source: 'acme', user: 'carl', level: 'guest' });
  const names = async () => {
    const response = await gitLab.api('alice', '/groups/acme/members');
    const members: { username: string }[] = JSON.parse(await response.text());
    return members.map(({ username }) => username);
  };
  expect(await names()).toEqual(['alice', 'bob']);
  clock.step(31_000);
  expect(await names()).toEqual(['alice', 'bob', 'carl']);
});

it('a lagging read is one of GraphQL, too', async () => {
  gitLab.simulator.faults.add({ kind: 'lagging-read', seconds: 30 });
  clock.step(60_000);
  await gitLab.simulator.changes.run('create-group', { parent: 'acme', path: 'new' });
  const names = async () => {
    const response = await fetch(`${gitLab.simulator.addresses.web}/api/graphql`, {
      method: 'POST',
      headers: { 'private-token': personalToken('alice'), 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ group(fullPath: "acme") { descendantGroups { nodes { path } } } }' }),
    });
    const { data } = JSON.parse(await response.text());
    return data.group.descendantGroups.nodes.map(({ path }: { path: string }) => path);
  };
  expect(await names()).toEqual(['core']);
  clock.step(31_000);
  expect(await names()).toEqual(['core', 'new']);
});

it('a test may break the connection after a request took effect', async () => {
  gitLab.simulator.intercept(({ method }) => (method === 'POST' ? { when: 'after' } : undefined));
  const body = JSON.stringify({ url: gitLab.hookUrl });
  const sent = gitLab.api('alice', '/groups/acme/hooks', { method: 'POST', body });
  await expect(sent).rejects.toThrow('fetch failed');
  gitLab.simulator.intercept(undefined);
  expect(gitLab.state.hooks.size).toBe(1);
});

it('the control route changes it, and counts its requests by cost', async () => {
  const { control } = gitLab.simulator.addresses;
  const post = (path: string, body: object) =>
    fetch(`${control}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await fetch(`${control}/requests`, { method: 'DELETE' });
  expect((await post('/changes', { type: 'remove-member', source: 'acme', user: 'bob' })).status).toBe(200);
  const refused = await post('/changes', { type: 'remove-member', source: 'acme', user: 'bob' });
  expect([refused.status, await refused.json()]).toEqual([400, { error: 'bob is no direct member of acme' }]);
  await status('/groups/acme?private_token=secret');
  const summary = JSON.parse(await (await fetch(`${control}/requests`)).text());
  expect(summary).toMatchObject({
    total: 1,
    cost: { rest: 1, graphql: 0 },
    counts: { 'GET /groups/acme': 1 },
  });
  expect(JSON.stringify(summary)).not.toContain('secret');
  const state = JSON.parse(await (await fetch(`${control}/state`)).text());
  expect(state.groups[0]).toMatchObject({ fullPath: 'acme', members: { alice: 'Owner', carl: 'Guest' } });
});
