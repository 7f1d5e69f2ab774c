import { beforeEach, expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable, type MemoryTable } from '../../test/support/memory-table.ts';
import { addSynchronized, synchronizationId } from '../../test/support/synchronized.ts';
import { asId, type ConnectionId, type ForgeOrganizationId, type ForgeRepositoryId } from '../domain/ids.ts';
import { traitsOf } from '../forge/modules.ts';
import { putFact } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { findSynchronization, markImported } from '../store/synchronization-store.ts';
import { importProgressOf } from './import-progress.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const day = 24 * 3600_000;

let table: MemoryTable;
beforeEach(async () => {
  table = createMemoryTable();
  await addSynchronized(table, 'all');
});

const found = (id: number, observedAt: number) =>
  table.transact([
    putFact(synchronizationId, aFact.repository(id), observedAt, { changedAt: start, gives: true }),
  ]);
const scanned = (id: number, item: object = { lastScannedAt: start }) =>
  table.transact([
    { put: keys.scan(synchronizationId, asId<ForgeRepositoryId>(id)), item: { wanted: 1, done: 1, ...item } },
  ]);
async function progress(now = start, { areScopesRead = true } = {}) {
  const synchronization = await findSynchronization(table, synchronizationId);
  if (synchronization === undefined) {
    throw new Error('there is no synchronization');
  }
  const scopes = traitsOf(synchronization.forge).scopes.filter(({ mayBeMissing }) => !mayBeMissing);
  const lastSuccessAt = Object.fromEntries(areScopesRead ? scopes.map(({ name }) => [name, start]) : []);
  return importProgressOf(table, { ...synchronization, lastSuccessAt }, now);
}

it('an import says how many of the first repositories were scanned, and is over with the last of them', async () => {
  await found(1, 5);
  expect(await progress()).toEqual({ repositories: undefined, scanned: 0 });
  await found(2, 5);
  await table.transact([markImported(synchronizationId, 5, start)]);
  await scanned(1);
  // Its scan has failed.
  await scanned(2, { wanted: 1, done: 0, failures: 1 });
  expect(await progress()).toEqual({ repositories: 2, scanned: 1 });
  await scanned(2);
  expect(await progress()).toBeUndefined();
});

it('goes on while something besides the repositories was never read', async () => {
  await table.transact([markImported(synchronizationId, 5, start)]);
  expect(await progress(start, { areScopesRead: false })).toEqual({ repositories: 0, scanned: 0 });
  expect(await progress()).toBeUndefined();
});

it('does not begin again with a repository that is new', async () => {
  await found(1, 5);
  await table.transact([markImported(synchronizationId, 5, start)]);
  await scanned(1);
  await found(2, 6);
  expect(await progress()).toBeUndefined();
});

it('waits a day at the most for a repository that cannot be scanned', async () => {
  await found(1, 5);
  await table.transact([markImported(synchronizationId, 5, start)]);
  expect(await progress(start + day - 1)).toEqual({ repositories: 1, scanned: 0 });
  expect(await progress(start + day)).toBeUndefined();
});

it('says when the older versions are likely there, where only so many files are given in an hour', async () => {
  table = createMemoryTable();
  const link = {
    ...{ forge: 'bitbucket', baseUrl: 'https://bitbucket.example' },
    forgeOrganization: asId<ForgeOrganizationId>(900),
    connection: { kind: 'access-token', id: asId<ConnectionId>('c1') } as const,
  };
  await addSynchronized(table, 'all', link);
  for (const id of [1, 2, 3]) await found(id, 5);
  await table.transact([markImported(synchronizationId, 5, start)]);
  await scanned(1);
  await scanned(2, { unread: 4_000, goOnAt: start + 600_000 });
  expect(await progress()).toEqual({
    ...{ repositories: 3, scanned: 1 },
    // Less than the next hour gives.
    older: { unread: 4_000, until: start + 600_000 },
  });
  await scanned(3, { unread: 20_000, goOnAt: start + 900_000 });
  expect((await progress())?.older).toEqual({ unread: 24_000, until: start + 600_000 + 5 * 3600_000 });
  // Its time is over, and it goes on soon.
  expect((await progress(start + 700_000))?.older?.until).toBe(start + 700_000 + 5 * 3600_000);
});
