import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { byOwner } from '../../test/support/by-owner.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { createSyncWorld } from '../../test/support/sync-world.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import { factKey } from '../domain/facts.ts';
import { putChunks } from '../store/chunk-store.ts';
import { chunkNames } from '../store/keys.ts';
import { findHeld, scopeState } from '../store/scope-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import { decideRemovals } from './decide-removals.ts';

const members = (count: number) => Array.from({ length: count }, (_, place) => aFact.member(place + 1));

/** 20 of 40 members are missing from the list. */
async function createWorld() {
  const world = await createSyncWorld(createMemoryTable(), members(40));
  await world.sync('members');
  world.later();
  world.forge.facts = members(20);
  await world.sync('members');
  world.later();
  world.workQueue.take();
  const held = () => findHeld(world.table, synchronizationId, 'members');
  const shown = (await held())?.digest ?? '';
  const decide = async (decision: 'yes' | 'no', scope = 'members', digest = shown) => {
    const synchronization = await findSynchronization(world.table, synchronizationId);
    if (synchronization === undefined) {
      throw new Error('nothing is synchronized');
    }
    const decided = { scope, decision, shown: digest };
    return decideRemovals({ ...world, randomBytes }, synchronization, decided, byOwner);
  };
  return { ...world, held, shown, decide, count: async () => (await world.facts('members')).length };
}

describe('decideRemovals', () => {
  it('requests a read that applies an approved removal', async () => {
    const world = await createWorld();
    expect(await world.decide('yes')).toEqual({
      scope: 'members',
      count: 20,
      decision: 'yes',
      decidedAt: new Date(world.clock.now()).toISOString(),
    });
    expect(world.workQueue.take().map(({ message }) => message.scope)).toEqual(['members']);
    expect(await world.count()).toBe(40);
    await world.run('members');
    expect(await world.count()).toBe(20);
    expect(await world.held()).toBeUndefined();
    const [run] = (await world.runs()).slice(-1);
    expect(run?.scopes).toMatchObject([{ cause: 'owner allowed removals', outcome: 'whole' }]);
  });

  it('keeps rejected removals held, requests nothing, and accepts a later approval', async () => {
    const world = await createWorld();
    await world.decide('no');
    expect(world.workQueue.take()).toEqual([]);
    await world.sync('members');
    expect(await world.count()).toBe(40);
    expect(await world.held()).toMatchObject({ decision: 'no', decidedAt: expect.any(Number) });
    await world.decide('yes');
    await world.run('members');
    expect(await world.count()).toBe(20);
  });

  it('refuses a decision on removals that changed since they were shown', async () => {
    const world = await createWorld();
    world.forge.facts = members(10);
    await world.sync('members');
    await expect(world.decide('yes')).rejects.toThrow(
      `the held removals of members have changed since ${world.shown} was shown`,
    );
    expect((await world.held())?.decision).toBeUndefined();
    expect((await scopeState(world.table, synchronizationId, 'members'))?.cause).toBe('test');
    await world.sync('members');
    expect(await world.count()).toBe(40);
  });

  it('allows nothing when more removals are held than the decision was about', async () => {
    const world = await createWorld();
    await world.decide('yes');
    // What a worker leaves that died before it withdrew the decision.
    const keys = members(40).slice(10).map(factKey);
    await putChunks(world.table, synchronizationId, chunkNames.held('members'), keys, 2_000_000_000);
    world.forge.facts = members(10);
    await world.run('members');
    expect(await world.count()).toBe(40);
    expect(await world.held()).toMatchObject({ count: 30 });
    expect((await world.held())?.decision).toBeUndefined();
  });

  it('says what is wrong with the input', async () => {
    const world = await createWorld();
    await expect(world.decide('yes', 'people')).rejects.toThrow('unknown scope people');
    await expect(world.decide('yes', 'teams')).rejects.toThrow('no removals of teams are held');
    await expect(world.decide('yes', 'members', 'abc')).rejects.toThrow('have changed since abc was shown');
  });
});
