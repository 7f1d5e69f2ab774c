import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { createSyncWorld } from '../../test/support/sync-world.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import type { Fact } from '../domain/facts.ts';
import { type Caution, defaultCaution } from '../domain/synchronization.ts';
import { findHeld } from '../store/scope-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import { reviewRights } from '../sync/run/suspension.ts';
import { changeCaution } from './set-caution.ts';

const day = 24 * 3600 * 1000;
const logger = { info: () => {}, error: () => {} };
const organization = (members: number): Fact[] => [
  aFact.settings(false),
  ...Array.from({ length: members }, (_, place) => aFact.member(place + 1)),
];

async function createWorld() {
  const world = await createSyncWorld(createMemoryTable(), organization(20));
  await world.syncAll();
  world.later();
  const found = async () => {
    const synchronization = await findSynchronization(world.table, synchronizationId);
    if (synchronization === undefined) {
      throw new Error('nothing is synchronized');
    }
    return synchronization;
  };
  return {
    ...world,
    found,
    held: async () => (await findHeld(world.table, synchronizationId, 'members'))?.count,
    change: async (changes: Partial<Caution>) =>
      changeCaution({ ...world, logger, randomBytes }, await found(), changes),
  };
}

it('returns the settings when nothing is changed', async () => {
  const world = await createWorld();
  expect(await world.change({})).toEqual(defaultCaution);
});

it('makes the guard hold removals above the share and the number that were set', async () => {
  const world = await createWorld();
  expect(await world.change({ heldAbove: 2, heldShare: 0.1 })).toEqual({
    ...defaultCaution,
    heldAbove: 2,
    heldShare: 0.1,
  });
  world.forge.facts = organization(17);
  await world.syncAll();
  expect(await world.held()).toBe(3);
  await world.change({ heldAbove: 3 });
  await world.syncAll();
  expect(await world.held()).toBeUndefined();
  expect(await world.facts('members')).toHaveLength(17);
});

it('suspends access after the days that were set, at once if they are over', async () => {
  const world = await createWorld();
  world.clock.time += 3 * day;
  await reviewRights({ ...world, logger }, synchronizationId);
  expect((await world.found()).rightsSuspendedAt).toBeUndefined();
  await world.change({ suspendAfterDays: 2 });
  expect((await world.found()).rightsSuspendedAt).toBe(world.clock.time);
  await world.change({ suspendAfterDays: 30 });
  expect((await world.found()).rightsSuspendedAt).toBeUndefined();
});

it.each([
  [{ heldShare: 0.51 }, 'the share of a list must be from 0 to 0.5, not 0.51'],
  [{ heldAbove: -1 }, 'the number of missing entries must be from 0 to 1000, not -1'],
  [{ suspendAfterDays: 0 }, 'the number of days must be from 1 to 90, not 0'],
  [{ suspendAfterDays: Number.NaN }, 'the number of days must be from 1 to 90, not NaN'],
])('refuses %o', async (changes, message) => {
  const world = await createWorld();
  await expect(world.change(changes)).rejects.toThrow(message);
  expect((await world.found()).caution).toEqual(defaultCaution);
});
