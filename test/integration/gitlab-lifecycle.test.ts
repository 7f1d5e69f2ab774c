/** What happens to projects and groups of the simulated GitLab, to their packages: a package stays the same by the id of its project. */
import { afterEach, expect, test } from 'vitest';
import type { Variant } from '../../local/forges/gitlab/variants.ts';
import { edgeKeys, openOrganization } from '../../shared/domain/edge-keys.ts';
import { loadFacts } from '../../shared/store/fact-store.ts';
import { packagesOf } from '../../shared/store/package-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { type GitLab, startGitLab } from '../contracts/gitlab-fixture.ts';
import { createMemoryKeyValues, createMemoryObjects } from '../support/memory-store.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { createRegistry, type Registry } from '../support/registry-fixture.ts';
import { addSynchronized, organizationId, synchronizationId } from '../support/synchronized.ts';

const logger = { info: () => {}, warn: () => {}, error: () => {} };
let lab: GitLab;
let registry: Registry;
/** Tokens of a developer of `acme/core`, and of a guest of the whole group. */
let ann: string;
let bob: string;

/** Connects `acme` and reads everything. */
async function connect(variant: Partial<Variant> = {}): Promise<void> {
  lab = await startGitLab({ variant });
  const { integration, organization: forgeOrganization, connection } = lab;
  const clock = { now: lab.clock.now, advance: async (ms: number) => lab.clock.step(ms) };
  const table = createMemoryTable();
  const memory = createMemoryObjects(clock);
  const keyValues = createMemoryKeyValues();
  const { baseUrl } = integration.settings;
  const atEdge = new Map([[edgeKeys.organization('acme'), openOrganization]]);
  await keyValues.update(await keyValues.describe(), atEdge, []);
  await addSynchronized(table, 'all', { forge: 'gitlab', baseUrl, forgeOrganization, connection });
  registry = await createRegistry(
    {
      ...{ table, clock, keyValues, objects: memory.writer, dists: memory.dists },
      storedObjects: memory.storedObjects,
      published: async () => ({ values: await keyValues.list(), objects: await memory.list() }),
    },
    [],
    async () => {
      const { structure, contents, requests } = await lab.open();
      return { ...structure, ...contents, requests };
    },
  );
  await schedule();
  const tokenOf = async (login: string) => (await registry.issue({ kind: 'member', login })).token;
  [ann, bob] = [await tokenOf('ann'), await tokenOf('bob')];
  await registry.settle();
}
afterEach(() => lab.close());

/** The schedule's read of everything, ten minutes later. */
async function schedule(): Promise<void> {
  const { table, workQueue, clock } = registry;
  await clock.advance(600_000);
  await reconcile({ table, workQueue, clock, logger });
  await registry.settleWithReconciles();
  expect(registry.errors).toEqual([]);
}

const change: GitLab['simulator']['changes']['run'] = (name, input) => lab.simulator.changes.run(name, input);

interface Seen {
  readonly versions: readonly string[];
  /** Where it is cloned from. */
  readonly source: unknown;
  readonly abandoned: unknown;
}
/** What a client with the token gets of the package. */
async function seen(token: string, name = 'acme/money'): Promise<Seen | undefined> {
  const text = await registry.get(token, `/acme/p2/${name}.json`);
  if (!text.startsWith('{')) return undefined;
  const versions: { version: string; source?: { url?: string }; abandoned?: unknown }[] =
    JSON.parse(text).packages[name];
  const [first] = versions;
  return {
    versions: versions.map(({ version }) => version),
    source: first?.source?.url,
    abandoned: first?.abandoned,
  };
}
const packages = async () =>
  (await packagesOf(registry.table, organizationId)).map(({ number, name, state, repository }) => ({
    ...{ number, name, state, repository },
  }));
/** What everybody is shown of projects and groups. */
async function names(): Promise<readonly string[]> {
  const { table } = registry;
  const repositories = await loadFacts(table, synchronizationId, 'repository');
  const teams = await loadFacts(table, synchronizationId, 'team');
  const synchronization = await findSynchronization(table, synchronizationId);
  return [
    `${synchronization?.login}`,
    ...repositories.map(({ fullName, name }) => `${fullName} ${name}`),
    ...teams.map(({ slug, name }) => `${slug} ${name}`),
  ].sort();
}
const source = (path: string): string => `git@127.0.0.1:${path}.git`;
const all = ['2.0.0', '1.1.0', '1.0.0'];
const money = { versions: all, source: source('acme/core/money'), abandoned: undefined };

test('a project that is renamed is the same package', async () => {
  await connect();
  const before = await packages();
  expect(await seen(ann)).toEqual(money);
  await change('rename', { source: 'acme/core/money', to: 'cash' });
  await schedule();
  expect(await packages()).toEqual(before);
  expect(await seen(ann)).toEqual({ ...money, source: source('acme/core/cash') });
  expect(await seen(bob)).toBeUndefined();
});

test('a project that moves to another subgroup is the same package, and is read by the people there', async () => {
  await connect();
  const before = await packages();
  await change('create-group', { parent: 'acme', path: 'lab' });
  await change('set-member', { source: 'acme/lab', user: 'bob', level: 'developer' });
  await change('transfer', { source: 'acme/core/money', to: 'acme/lab' });
  await schedule();
  expect(await packages()).toEqual(before);
  expect(await seen(bob)).toEqual({ ...money, source: source('acme/lab/money') });
  expect(await seen(ann)).toBeUndefined();
});

test.each([
  ['is not shown to us', undefined],
  ['is shown to us', 'reporter'],
] as const)(
  'a project that moves out of the group, where it %s, is read by nobody, and is the same package when it comes back',
  async (_, level) => {
    await connect();
    const before = await packages();
    if (level !== undefined) await change('set-member', { source: 'partners', user: 'alice', level });
    await change('transfer', { source: 'acme/core/money', to: 'partners' });
    await schedule();
    expect(await seen(ann)).toBeUndefined();
    expect(await seen(ann, 'acme/clock')).toBeDefined();
    expect((await packages()).map(({ number, state }) => [number, state])).toEqual(
      before.map(({ number, name }) => [number, name === 'acme/money' ? 'unreadable' : 'available']),
    );
    await change('transfer', { source: 'partners/money', to: 'acme/core' });
    await schedule();
    expect(await packages()).toEqual(before);
    expect(await seen(ann)).toEqual(money);
  },
);

test('a project that is archived stays readable, and is abandoned until it is not archived any more', async () => {
  await connect();
  for (const archived of [true, false]) {
    await change('set-project', { project: 'acme/core/money', archived });
    await schedule();
    expect(await seen(ann)).toEqual({ ...money, abandoned: archived || undefined });
  }
});

test('a fork becomes no package by itself, under its own name and under that of another', async () => {
  await connect();
  const before = await packages();
  for (const name of ['acme/forked', 'acme/money']) {
    const path = name.replace('/', '-');
    await change('create-project', { group: 'acme/core', path, forkOf: 'acme/core/money' });
    await change('push', {
      project: `acme/core/${path}`,
      history: [{ manifest: { name }, tags: ['9.0.0'] }],
    });
  }
  await schedule();
  expect(await packages()).toEqual(before);
  expect(await seen(ann)).toEqual(money);
});

test.each(['17.11', '18.5', '19.5'])(
  'a project that waits for its deletion in GitLab %s is shown as before, abandoned, and gone when it is deleted',
  async (version) => {
    await connect({ version });
    const [before, shown] = [await packages(), await names()];
    const marked = await change('delete', { source: 'acme/core/money' });
    await schedule();
    expect(await packages()).toEqual(before);
    expect(await names()).toEqual(shown);
    expect(await seen(ann)).toEqual({ ...money, abandoned: true });

    await change('restore', { source: `${marked?.path}` });
    await schedule();
    expect(await seen(ann)).toEqual(money);

    await change('delete', { source: 'acme/core/money', now: true });
    await schedule();
    expect(await seen(ann)).toBeUndefined();
    const others = (list: typeof before) => list.filter(({ name }) => name !== 'acme/money');
    expect(others(await packages())).toEqual(others(before));
  },
);

test.each(['17.11', '18.5', '19.5'])(
  'a group that waits for its deletion in GitLab %s is shown as before with its projects, abandoned',
  async (version) => {
    await connect({ version });
    const [before, shown] = [await packages(), await names()];
    const marked = await change('delete', { source: 'acme/core' });
    await schedule();
    expect(await packages()).toEqual(before);
    expect(await names()).toEqual(shown);
    expect(await seen(ann)).toEqual({ ...money, abandoned: true });
    await change('restore', { source: `${marked?.path}` });
    await schedule();
    expect(await names()).toEqual(shown);
    expect(await seen(ann)).toEqual(money);
  },
);

test('a top-level group that waits for its deletion keeps its name', async () => {
  await connect();
  const shown = await names();
  await change('delete', { source: 'acme' });
  await schedule();
  expect(await names()).toEqual(shown);
  expect(await seen(ann)).toEqual({ ...money, abandoned: true });
});

test('groups that are renamed and moved keep their projects and people', async () => {
  await connect();
  const before = await packages();
  await change('rename', { source: 'acme/core', to: 'kern' });
  await change('rename', { source: 'acme', to: 'apex' });
  await schedule();
  expect(await packages()).toEqual(before);
  expect(await seen(ann)).toEqual({ ...money, source: source('apex/kern/money') });
  expect(await names()).toContain('apex');

  await change('create-group', { parent: 'apex', path: 'lab' });
  await change('set-member', { source: 'apex/lab', user: 'bob', level: 'reporter' });
  await change('transfer', { source: 'apex/kern', to: 'apex/lab' });
  await schedule();
  expect(await packages()).toEqual(before);
  const moved = { ...money, source: source('apex/lab/kern/money') };
  expect([await seen(ann), await seen(bob)]).toEqual([moved, moved]);
});
