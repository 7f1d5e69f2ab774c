/** A list on which no right depends, and which the forge may stop to show. */
import { expect, it } from 'vitest';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld } from '../../../test/support/sync-world.ts';
import { bitbucketLink, synchronizationId } from '../../../test/support/synchronized.ts';
import { findHeld, scopeState } from '../../store/scope-store.ts';

const dayMs = 24 * 3600_000;

it('R11: stays as it was read last, marked as hidden, and no owner is asked', async () => {
  const facts = [aFact.settings(), aFact.member(1), aFact.team(5), aFact.teamMember(5, 1)];
  const world = await createSyncWorld(createMemoryTable(), facts, bitbucketLink);
  await world.syncAll();
  const known = await world.facts('teams');
  expect(known).toHaveLength(2);
  world.forge.hiddenReasons.set('teams', 'API 1.0 tells nothing');
  for (const days of [0, 1, 10, 100]) {
    world.clock.time += days * dayMs;
    await world.syncAll();
    expect(await world.facts('teams')).toEqual(known);
    expect(await findHeld(world.table, synchronizationId, 'teams')).toBeUndefined();
    const state = await scopeState(world.table, synchronizationId, 'teams');
    expect(state?.notShown?.why).toBe('API 1.0 tells nothing');
  }
  // It is shown again, with one member less.
  world.forge.hiddenReasons.clear();
  world.forge.facts = facts.slice(0, 3);
  await world.syncAll();
  expect(await world.facts('teams')).toEqual(known.filter((key) => key.startsWith('team#')));
  expect((await scopeState(world.table, synchronizationId, 'teams'))?.notShown).toBeUndefined();
});
