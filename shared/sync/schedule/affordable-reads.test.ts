/** A long list is read as often as the forge's hour allows. */
import { beforeEach, expect, it } from 'vitest';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld, type SyncWorld } from '../../../test/support/sync-world.ts';
import { bitbucketLink, organizationId, synchronizationId } from '../../../test/support/synchronized.ts';
import { scopeState } from '../../store/scope-store.ts';
import { scopeWork } from '../../store/work-items.ts';
import type { CountingReader } from '../run/run.ts';
import { reconcile } from './reconcile.ts';

const minutes = 60_000;

let world: SyncWorld;
/** Requests that a read of the list of permissions takes. */
let requests: number;

beforeEach(async () => {
  const facts = [aFact.settings(), aFact.member(1), aFact.repository(7), aFact.collaborator(7, 1)];
  world = await createSyncWorld(createMemoryTable(), facts, bitbucketLink);
  const { reader } = world.forge;
  let sent = 0;
  world.forge.reader = (): CountingReader => {
    const one = reader();
    return {
      ...one,
      requests: () => sent,
      async readScope(scope, options) {
        sent += scope === 'permissions' ? requests : 1;
        return one.readScope(scope, options);
      },
    };
  };
});

/** Whether the schedule reads the list so many minutes after it was read. */
async function isReadAfter(count: number): Promise<boolean> {
  await world.syncAll();
  world.clock.time += count * minutes;
  await reconcile({ ...world, logger: { info: () => {}, warn: () => {}, error: () => {} } });
  return (await world.wanted(scopeWork(organizationId, synchronizationId, 'permissions').key)) > 0;
}

it.each([
  [1, 10, true],
  [66, 10, true],
  [500, 10, false],
  [500, 74, false],
  [500, 75, true],
  [1500, 120, false],
  [1500, 225, true],
])('one of %i requests is read again after %i minutes: %s', async (count, after, isRead) => {
  requests = count;
  expect(await isReadAfter(after)).toBe(isRead);
  expect((await scopeState(world.table, synchronizationId, 'permissions'))?.requests).toBe(count);
  // The others are read in any case.
  expect(await world.wanted(scopeWork(organizationId, synchronizationId, 'members').key)).toBe(1);
});
