import { expect, it } from 'vitest';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld } from '../../../test/support/sync-world.ts';
import { synchronizationId } from '../../../test/support/synchronized.ts';
import { layout } from '../../../test/support/traits.ts';
import { ForgeError } from '../../forge/errors.ts';
import { putChunks } from '../../store/chunk-store.ts';
import { loadScope } from '../../store/fact-store.ts';
import { chunkNames, keys } from '../../store/keys.ts';
import { loadRemoved } from '../../store/run-store.ts';

it('finishes a plan that an earlier version stored, with a reason in words, whether its removals were confirmed or not', async () => {
  const table = createMemoryTable();
  const world = await createSyncWorld(table, [aFact.member(1), aFact.member(2), aFact.member(3)]);
  await world.sync('members');
  world.later();
  const base = { narrows: true, widens: false };
  const stored = {
    observedAt: 2,
    startedAt: world.clock.time,
    covers: [],
    changes: [
      { ...base, kind: 'remove', fact: aFact.member(1), stated: false, reason: 'not in the whole read' },
      {
        ...base,
        kind: 'remove',
        fact: aFact.member(2),
        stated: true,
        reason: 'not in the whole read; an event says so too',
      },
      {
        ...base,
        kind: 'update',
        fact: aFact.member(3, 'owner'),
        before: aFact.member(3),
        reason: 'role: member → owner',
      },
    ],
  };
  await putChunks(table, synchronizationId, chunkNames.plan('members'), stored, world.clock.time / 1000 + 60);
  const applying = { since: world.clock.time, number: 2 };
  await table.transact([{ put: keys.applying(synchronizationId, 'members'), item: applying }]);
  world.forge.before = () => {
    throw new ForgeError('unavailable', 'down');
  };
  await world.sync('members');

  const { facts, removed } = await loadScope(table, synchronizationId, layout, 'members');
  expect(facts).toMatchObject([{ fact: { account: '3', role: 'owner' } }]);
  // What was merely missing still counts for the removal guard.
  expect(removed.get('member#1')?.missed).toEqual(aFact.member(1));
  expect(removed.get('member#2')?.missed).toBeUndefined();
  expect(await loadRemoved(table, synchronizationId, 2)).toMatchObject([
    { before: aFact.member(1), evidence: ['list'] },
    { before: aFact.member(2), evidence: ['list', 'event'] },
  ]);
});
