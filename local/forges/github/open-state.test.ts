import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listRefs } from '../git/bare-repository.ts';
import { createGitHubState } from './open-state.ts';
import { smallWorld, startFixture, testApp } from './simulator-fixture.ts';

let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'simulated-github-'));
  directory = join(root, 'github');
});
afterEach(() => rm(root, { recursive: true, force: true }));

it('is restored after a restart: state, refs, deliveries, former names and the next id', async () => {
  const first = await startFixture({ directory });
  const { changes } = first.simulator;
  await changes.run('rename-repository', { repository: 'money', to: 'cash' });
  await changes.pushVersions('cash', ['3.0.0']);
  await changes.run('create-team', { name: 'Later', description: 'Made at run time' });
  await changes.run('set-blocked', { repository: 'billing', locked: true });
  await changes.run('select-repositories', { repositories: ['cash'] });
  await changes.run('suspend-user', { user: 'bob' });
  await first.simulator.idle();
  const before = structuredClone(first.simulator.state);
  await first.close();

  const second = await startFixture({ directory });
  const { state } = second.simulator;
  // Two that end at the same time may be written in either order.
  const byId = ({ deliveries }: typeof state) => [...deliveries].sort((a, b) => a.id - b.id);
  expect({ ...state, deliveries: byId(state) }).toEqual({
    ...before,
    deliveries: byId(before),
    app: { ...before.app, webhookUrl: second.receiver.url },
  });
  expect(state.deliveries.length).toBeGreaterThan(4);
  const [cash] = state.repositories.values();
  expect([...(await listRefs(cash?.gitDirectory ?? '')).keys()]).toContain('refs/tags/3.0.0');
  const { id } = await second.simulator.changes.run('create-repository', { name: 'money' });
  expect(id).toBe(before.nextId);
  await second.close();
});

it('creates the app once: a restart keeps its id, key and secrets', async () => {
  const options = { directory, now: () => 0, app: { privateKey: testApp.privateKey } };
  const { state } = await createGitHubState(smallWorld, options);
  const again = await createGitHubState(smallWorld, { directory, now: () => 0 });
  expect(again.state.app).toEqual(state.app);
  expect(state.app.webhookSecret).toMatch(/^[0-9a-f]{40}$/);
});

it('survives a crash while it is written, and a truncated line in the log', async () => {
  const { state, save, recordDelivery } = await createGitHubState(smallWorld, {
    directory,
    now: () => 0,
    app: testApp,
  });
  state.nextId = 5000;
  await save();
  await recordDelivery({
    id: 1,
    guid: 'g',
    event: 'push',
    deliveredAt: '1970-01-01T00:00:00.000Z',
    redelivery: false,
    status: 'OK',
    statusCode: 200,
    durationMs: 3,
    body: '{}',
  });
  await writeFile(join(directory, 'state.json.new'), '{"format":1,"wor');
  await appendFile(join(directory, 'deliveries.jsonl'), '{"id":2,"gui');
  const again = await createGitHubState(smallWorld, { directory, now: () => 0 });
  expect(again.state.nextId).toBe(5000);
  expect(again.state.deliveries).toMatchObject([{ id: 1, event: 'push' }]);
});

it('is created anew when the first start was interrupted', async () => {
  await createGitHubState(smallWorld, { directory, now: () => 0, app: testApp });
  await rm(join(directory, 'state.json'));
  const { state } = await createGitHubState(smallWorld, { directory, now: () => 0, app: testApp });
  expect(state.repositories.size).toBe(2);
});

it('is written for every save that is requested while another is under way', async () => {
  const { state, save } = await createGitHubState(smallWorld, { directory, now: () => 0, app: testApp });
  const saves = [1, 2, 3].map((n) => {
    state.nextId = 6000 + n;
    return save();
  });
  await Promise.all(saves);
  expect(JSON.parse(await readFile(join(directory, 'state.json'), 'utf8'))).toMatchObject({
    state: { nextId: 6003 },
  });
});

it('drops deliveries after three days', async () => {
  const day = 24 * 60 * 60 * 1000;
  const { recordDelivery } = await createGitHubState(smallWorld, { directory, now: () => 0, app: testApp });
  const delivery = {
    guid: 'g',
    event: 'push',
    redelivery: false,
    status: 'OK',
    statusCode: 200,
    durationMs: 3,
    body: '{}',
  };
  await recordDelivery({ ...delivery, id: 1, deliveredAt: new Date(0).toISOString() });
  await recordDelivery({ ...delivery, id: 2, deliveredAt: new Date(2 * day).toISOString() });
  const again = await createGitHubState(smallWorld, { directory, now: () => 4 * day });
  expect(again.state.deliveries.map(({ id }) => id)).toEqual([2]);
});

it('reports that the world is another one, and finds the repositories after the folder has moved', async () => {
  await createGitHubState(smallWorld, { directory, now: () => 0, app: testApp });
  await rename(directory, `${directory}-moved`);
  const other = { ...smallWorld, users: [...smallWorld.users, { login: 'eve' }] };
  const moved = await createGitHubState(other, { directory: `${directory}-moved`, now: () => 0 });
  expect(moved.otherWorld).toBe(true);
  expect(moved.state.users.size).toBe(4);
  for (const { gitDirectory } of moved.state.repositories.values())
    expect((await listRefs(gitDirectory)).size).toBeGreaterThan(0);
});
