import { beforeEach, describe, expect, it } from 'vitest';
import { storeInWords } from '../../test/support/history.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { listRuns, showRun } from '../../test/support/recorded-runs.ts';
import { createSyncWorld, type SyncWorld } from '../../test/support/sync-world.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import { synchronizationOf } from './synchronization-of.ts';

let world: SyncWorld;
let synchronization: Synchronization;

beforeEach(async () => {
  world = await createSyncWorld(createMemoryTable(), [aFact.member(1), aFact.member(2)]);
  await world.ask('members', { cause: 'connected' });
  await world.run('members');
  world.later();
  world.forge.facts = [aFact.member(1, 'owner')];
  await world.ask('members', { cause: 'webhook member' });
  await world.run('members');
  world.later();
  await world.sync('members');
  ({ synchronization } = await synchronizationOf(world.table, { slug: 'acme' }));
});

describe('listRuns', () => {
  it('lists the runs that changed something, newest first, with the outcome of each scope and its cause', async () => {
    const runs = await listRuns(world.table, synchronization, false, world.clock.now());
    expect(runs).toEqual([
      {
        number: 2,
        started: '2026-11-22T12:05:00.000Z',
        seconds: 0,
        requests: undefined,
        counts: { add: 0, update: 1, remove: 1 },
        scopes: [{ scope: 'members', cause: 'webhook member', outcome: 'whole' }],
      },
      expect.objectContaining({ number: 1, counts: { add: 2, update: 0, remove: 0 } }),
    ]);
  });

  it('lists all runs on request', async () => {
    world.forge.before = () => {
      throw new ForgeError('unavailable', 'no answer');
    };
    await world.sync('members');
    const runs = await listRuns(world.table, synchronization, true, world.clock.now());
    expect(runs.map(({ number, scopes }) => [number, scopes[0]?.outcome])).toEqual([
      [4, 'unavailable'],
      [3, 'whole'],
      [2, 'whole'],
      [1, 'whole'],
    ]);
  });
});

describe('showRun', () => {
  it('shows each change with its reason', async () => {
    expect(await showRun(world.table, synchronization, 2, world.clock.now())).toMatchObject({
      number: 2,
      changes: [
        'member user-2 (2) removed: missing from a complete read',
        'member user-1 (1) changed: role: member → owner',
      ],
    });
  });

  it('shows changes that an earlier version stored as text', async () => {
    const { changes } = await showRun(world.table, synchronization, 2, world.clock.now());
    await storeInWords(world.table, 2);
    const storedAsText = await showRun(world.table, synchronization, 2, world.clock.now());
    expect(storedAsText).toMatchObject({ counts: { add: 0, update: 1, remove: 1 }, changes });
  });

  it('shows all changes of a large run', async () => {
    world.forge.facts = Array.from({ length: 300 }, (_, place) => aFact.member(place + 1));
    world.later();
    await world.sync('members');
    const { counts, changes } = await showRun(world.table, synchronization, 4, world.clock.now());
    expect(counts).toEqual({ add: 299, update: 1, remove: 0 });
    expect(changes).toHaveLength(300);
  });

  it('says why there is no such run', async () => {
    await expect(showRun(world.table, synchronization, 99, world.clock.now())).rejects.toThrow(
      'run 99 does not exist yet',
    );
  });
});

describe('synchronizationOf', () => {
  it('finds the only one, by the slug alone or by its id', async () => {
    for (const named of [{ slug: 'acme' }, { slug: 'acme', synchronization: 'sync1' }]) {
      expect((await synchronizationOf(world.table, named)).synchronization.id).toBe(synchronizationId);
    }
  });

  it.each([
    [{ slug: 'nope' }, 'unknown organization nope; status lists them'],
    [{ slug: 'acme', synchronization: 'x' }, 'acme has no synchronization x; it has sync1 (acme)'],
  ])('lists the synchronizations when given %o', async (named, words) => {
    await expect(synchronizationOf(world.table, named)).rejects.toThrow(words);
  });
});
