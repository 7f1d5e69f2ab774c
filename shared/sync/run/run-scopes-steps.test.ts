import { describe, expect, it } from 'vitest';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld } from '../../../test/support/sync-world.ts';
import { bitbucketLink, synchronizationId } from '../../../test/support/synchronized.ts';
import { ForgeError } from '../../forge/errors.ts';
import { keys } from '../../store/keys.ts';
import { scopeState } from '../../store/scope-store.ts';
import type { Table } from '../../store/table.ts';
import { leaseMs } from './take-scopes.ts';

const members = Array.from({ length: 25 }, (_, place) => aFact.member(place + 1));

async function createWorld() {
  const world = await createSyncWorld(createMemoryTable(), members);
  world.forge.perStep = 10;
  return {
    ...world,
    state: () => scopeState(world.table, synchronizationId, 'members'),
    chunks: () => world.table.query(`SYNC#${synchronizationId}`, 'PIECES#READING'),
  };
}

describe('a read in steps', () => {
  it('continues where it stopped, and shows its progress', async () => {
    const world = await createWorld();
    await world.sync('members');
    expect(await world.state()).toMatchObject({ reading: { number: 1, read: 10, total: 25 } });
    expect(world.workQueue.take()).toMatchObject([{ queue: 'sync', delaySeconds: 0 }]);
    expect(await world.facts('members')).toEqual([]);
    await world.run('members');
    expect(await world.state()).toMatchObject({ reading: { number: 1, read: 20 } });
    await world.run('members');
    expect(await world.facts('members')).toHaveLength(25);
    expect((await world.state())?.reading).toBeUndefined();
    expect(await world.wanted(keys.scope(synchronizationId, 'members'))).toBe(0);
    // Its facts have the number drawn before its first request.
    expect(await world.state()).toMatchObject({ readAt: 1 });
    const outcomes = (await world.runs()).map(({ scopes }) => scopes);
    expect(outcomes).toMatchObject([
      [{ outcome: 'unfinished' }],
      [{ outcome: 'unfinished' }],
      [{ outcome: 'whole' }],
    ]);
  });

  it('repeats only the step that died', async () => {
    const world = await createWorld();
    await world.sync('members');
    world.forge.before = (asked) => {
      if (asked === 'members') {
        throw new ForgeError('unavailable', 'down');
      }
    };
    await world.run('members');
    expect(await world.state()).toMatchObject({ reading: { read: 10 } });
    world.forge.before = () => {};
    world.clock.time += 6_000;
    await world.run('members');
    expect(await world.state()).toMatchObject({ reading: { read: 20 } });
  });

  it('leaves work requested after its first step to be done', async () => {
    const world = await createWorld();
    await world.sync('members');
    await world.ask('members');
    await world.run('members');
    await world.run('members');
    expect(await world.facts('members')).toHaveLength(25);
    expect(await world.wanted(keys.scope(synchronizationId, 'members'))).toBe(1);
    expect(await world.chunks()).toEqual([]);
    world.forge.perStep = 100;
    await world.run('members');
    expect(await world.wanted(keys.scope(synchronizationId, 'members'))).toBe(0);
    expect(await world.state()).toMatchObject({ readAt: 4 });
  });

  it('continues where it stopped after a rate limit of more than an hour', async () => {
    const world = await createWorld();
    await world.sync('members');
    world.clock.time += 70 * 60_000;
    await world.run('members');
    expect(await world.state()).toMatchObject({ reading: { number: 1, read: 20 } });
  });

  it('starts over when it is six hours old, or when its stored pages are incomplete', async () => {
    for (const spoil of ['age', 'loss'] as const) {
      const world = await createWorld();
      await world.sync('members');
      if (spoil === 'age') {
        world.clock.time += 6 * 3_600_000;
      } else {
        for (const { pk, sk } of await world.chunks()) {
          await world.table.transact([{ delete: { pk: String(pk), sk: String(sk) } }]);
        }
      }
      await world.run('members');
      expect(await world.state()).toMatchObject({ reading: { number: 2, read: 10 } });
    }
  });

  it('goes on for as long as the traits say, where a list is read over many hours', async () => {
    const rows = members.map((_, place) => aFact.collaborator(7, place + 1));
    const world = await createSyncWorld(createMemoryTable(), [aFact.repository(7), ...rows], bitbucketLink);
    world.forge.perStep = 10;
    const state = () => scopeState(world.table, synchronizationId, 'permissions');
    await world.sync('permissions');
    world.clock.time += 23 * 3_600_000;
    await world.run('permissions');
    expect(await state()).toMatchObject({ reading: { number: 1, read: 20 } });
    world.clock.time += 3_600_000;
    await world.run('permissions');
    expect(await state()).toMatchObject({ reading: { number: 3, read: 10 } });
  });

  it('takes away nothing that a read of a part has found meanwhile', async () => {
    const world = await createWorld();
    world.forge.perStep = 100;
    await world.sync('members');
    world.later();
    world.forge.perStep = 10;
    world.forge.facts = members.slice(0, 24);
    await world.sync('members');
    world.forge.facts = members;
    await world.sync('member:25');
    world.forge.facts = members.slice(0, 24);
    await world.run('members');
    await world.run('members');
    expect(await world.facts('members')).toHaveLength(25);
  });
});

describe('a read in steps whose worker dies while its plan is written', () => {
  it.each([1, 2])('is finished by the next worker, and counts: after %d transactions', async (written) => {
    const many = Array.from({ length: 250 }, (_, place) => aFact.member(place + 1));
    const world = await createSyncWorld(createMemoryTable(), many);
    world.forge.perStep = 150;
    await world.sync('members');
    await world.run('members', diesBehind(world.table, written)).catch(() => {});
    expect((await world.facts('members')).length).toBeLessThan(250);
    world.clock.time += leaseMs + 1;
    world.forge.perStep = 1000;
    await world.run('members');
    const state = await scopeState(world.table, synchronizationId, 'members');
    expect(state).toMatchObject({ attempts: 0 });
    expect(state?.lastFailure).toBeUndefined();
    expect(state?.reading).toBeUndefined();
    expect(await world.wanted(keys.scope(synchronizationId, 'members'))).toBe(0);
    expect(await world.facts('members')).toHaveLength(250);
  });
});

/** A process that writes so many transactions of a plan and then fails. */
function diesBehind(table: Table, written: number): Table {
  let left = written;
  const expectAlive = (): void => {
    if (left < 0) {
      throw new Error('dead');
    }
  };
  return {
    ...table,
    async update(change, when) {
      expectAlive();
      return table.update(change, when);
    },
    async transact(operations) {
      if (operations.length > 1) {
        left -= 1;
      }
      expectAlive();
      await table.transact(operations);
    },
  };
}

describe('a run that throws halfway', () => {
  it('releases every lease', async () => {
    const world = await createWorld();
    await world.ask('teams');
    await world.ask('members');
    const broken = {
      ...world.table,
      update: (...[change, when]: Parameters<typeof world.table.update>) =>
        change.add?.counter === undefined
          ? world.table.update(change, when)
          : Promise.reject(new Error('the table is down')),
    };
    await expect(world.run('members', broken)).rejects.toThrow('the table is down');
    expect((await scopeState(world.table, synchronizationId, 'teams'))?.leaseId).toBeUndefined();
    expect((await world.state())?.leaseId).toBeUndefined();
  });
});
