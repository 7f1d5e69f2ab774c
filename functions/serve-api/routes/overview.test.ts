import { beforeEach, describe, expect, it } from 'vitest';
import { traitsOf } from '../../../shared/forge/modules.ts';
import { countDownloadsOfDay } from '../../../shared/store/download-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import {
  findSynchronization,
  markImported,
  noteSuccess,
} from '../../../shared/store/synchronization-store.ts';
import { examples } from '../../../test/support/api-examples.ts';
import { addPackages, aPackage, repositoryIdOf } from '../../../test/support/api-packages.ts';
import { type ApiWorld, createApiWorld } from '../../../test/support/api-world.ts';
import { countReads } from '../../../test/support/count-reads.ts';
import { fullCount, fullOrganization } from '../../../test/support/full-organization.ts';
import { repository } from '../../../test/support/memory-forge.ts';
import { gitHubHost, organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const dayMs = 24 * 3600_000;
let world: ApiWorld;
beforeEach(async () => {
  world = await createApiWorld();
  await addPackages(world.table);
});

async function readAll(at: number): Promise<void> {
  const synchronization = await findSynchronization(world.table, synchronizationId);
  const lists = traitsOf(gitHubHost.forge).scopes.map(({ name }) => name);
  if (synchronization === undefined) {
    throw new Error('there is no synchronization');
  }
  await noteSuccess(world.table, synchronization, lists, at);
}

const scan = (id: number, item: object) =>
  world.table.transact([
    {
      put: keys.scan(synchronizationId, repository(id)),
      item: { wanted: 1, done: 1, lastScannedAt: 1, ...item },
    },
  ]);

describe('the overview', () => {
  it('has for each synchronization its state, the latest run and what waits for an owner', async () => {
    await examples.listRuns?.prepare?.(world);
    await examples.listHeldRemovals?.prepare?.(world);
    const { body } = await world.ask('owner', { path: '/organizations/acme/overview' });
    expect(body.synchronizations).toMatchObject([
      {
        id: synchronizationId,
        lastRun: { number: 5, counts: { add: 0, update: 0, remove: 1 } },
        heldRemovals: [{ scope: 'members', count: 1 }],
        connection: { state: 'working' },
        counts: { members: 2, outside: 1, teams: 0, repositories: 3 },
      },
    ]);
    expect(body.lately.runs).toMatchObject([{ number: 5, synchronization: synchronizationId }]);
    expect(body.counts).toMatchObject({
      packages: { available: 2, accepted: 0, unreadable: 0 },
      versions: 2,
    });
  });

  it('leaves out removals that an owner has decided about', async () => {
    await examples.listHeldRemovals?.prepare?.(world);
    await world.ask('owner', {
      method: 'POST',
      path: `/organizations/acme/synchronizations/${synchronizationId}/held-removals/decide`,
      body: { scope: 'members', decision: 'no', shown: 'abc' },
    });
    const { body } = await world.ask('owner', { path: '/organizations/acme/overview' });
    expect(body.synchronizations[0].heldRemovals).toEqual([]);
  });

  it('says when everything is read again, from what was read longest ago', async () => {
    await readAll(world.now() - 60_000);
    const { body } = await world.ask('owner', { path: '/organizations/acme/overview' });
    expect(body.synchronizations).toMatchObject([
      { rightsAsOf: '2026-11-22T11:59:00.000Z', nextReadBy: '2026-11-22T12:09:00.000Z' },
    ]);
  });

  it('names moved tags with their packages, contested names, and what waits by the reason', async () => {
    await scan(5, { movedTags: [{ version: '1.0.0', tag: 'v1.0.0' }] });
    await scan(7, {
      waiting: [{ name: 'acme/one', directory: '', reason: 'name-taken' }],
      lastFailure: { at: 5, code: 'unavailable', message: 'it does not answer' },
    });
    await world.table.update({ key: keys.packageName(organizationId, 'acme/two'), set: { contested: true } });
    const { body } = await world.ask('owner', { path: '/organizations/acme/overview' });
    const named = (id: number) => ({ id: repositoryIdOf(id), name: expect.any(String) });
    expect(body.attention).toMatchObject({
      movedTags: {
        count: 1,
        items: [{ package: 'acme/one', version: '1.0.0', tag: 'v1.0.0', repository: named(5) }],
      },
      contestedNames: { count: 1, items: ['acme/two'] },
      waiting: [{ reason: 'name-taken', count: 1, items: [{ name: 'acme/one', repository: named(7) }] }],
      scanFailures: { count: 1, items: [{ repository: named(7), code: 'unavailable' }] },
    });
  });

  it('reads so often for 5,000 packages, repositories and members in two synchronizations', async () => {
    const full = await fullOrganization();
    await full.ask('owner', { path: '/organizations/acme/overview' });
    const reads = countReads(full.table);
    const { body } = await full.ask('owner', { path: '/organizations/acme/overview' });
    expect(body.counts.packages.available).toBe(fullCount);
    expect(reads()).toBeLessThanOrEqual(37);
  }, 60_000);
});

describe('the days', () => {
  it('have installations of all packages, and how many packages there were at their ends', async () => {
    const now = world.now();
    await countDownloadsOfDay(world.table, organizationId, 'all', 3, now - dayMs);
    await countDownloadsOfDay(world.table, organizationId, 'all', 4, now);
    await countDownloadsOfDay(world.table, organizationId, 5, 99, now);
    const [added] = aPackage(8, 'acme/new');
    const [gone] = aPackage(9, 'acme/gone');
    for (const [operation, times] of [
      [added, { acceptedAt: now }],
      [gone, { acceptedAt: now - 9 * dayMs, deletedAt: now - dayMs, state: 'deleted' }],
    ] as const) {
      if (operation !== undefined && 'put' in operation) {
        await world.table.transact([{ ...operation, item: { ...operation.item, ...times } }]);
      }
    }
    const { body } = await world.ask('owner', { path: '/organizations/acme/activity?days=3' });
    expect(body.days).toEqual([
      { day: '2026-11-20', downloads: 0, packages: 3 },
      { day: '2026-11-21', downloads: 3, packages: 2 },
      { day: '2026-11-22', downloads: 4, packages: 3 },
    ]);
  });
});

describe('what an import found', () => {
  const path = `/organizations/acme/synchronizations/${synchronizationId}/import`;

  it('is counted, with what is no package and why', async () => {
    await scan(7, { waiting: [{ name: 'acme/one', directory: '', reason: 'fork' }] });
    const { body } = await world.ask('owner', { path });
    expect(body.counts).toEqual({
      ...{ members: 2, outside: 1, teams: 0, repositories: 3 },
      ...{ scanned: 2, packages: 2, published: 2, versions: 2 },
    });
    expect(body.skipped).toMatchObject([
      { reason: 'fork', count: 1, items: [{ repository: { id: repositoryIdOf(7) }, name: 'acme/one' }] },
    ]);
  });

  it('is over when the versions of its packages are published, too, which are counted only then', async () => {
    for (const id of [5, 6, 7]) await scan(id, {});
    await readAll(world.now());
    await world.table.transact([markImported(synchronizationId, 9, world.now())]);
    const isOver = async () => (await world.ask('owner', { path })).body.isOver;
    expect(await isOver()).toBe(true);
    const key = keys.package(organizationId, 5);
    await world.table.update({ key, set: { wanted: 2, done: 1 } });
    expect(await isOver()).toBe(false);
    await world.table.update({ key, set: { done: 2 } });
    expect(await isOver()).toBe(true);
  });

  it.each([
    ['no-manifest', {}, {}],
    [
      'scan-failed',
      { lastFailure: { at: 5, code: 'unavailable', message: 'it does not answer' } },
      { failure: 'it does not answer' },
    ],
  ])('says %s', async (reason, item, shown) => {
    await scan(7, item);
    const { body } = await world.ask('owner', { path });
    expect(body.skipped).toMatchObject([{ reason, count: 1, items: [shown] }]);
  });

  it('says nothing of a repository that is not scanned yet', async () => {
    const { body } = await world.ask('owner', { path });
    expect(body.skipped).toEqual([]);
  });
});
