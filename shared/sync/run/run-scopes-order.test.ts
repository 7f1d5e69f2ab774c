import { describe, expect, it } from 'vitest';
import { aFact, repository } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld, type SyncWorld } from '../../../test/support/sync-world.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';
import { type Fact, factKey } from '../../domain/facts.ts';
import { ForgeError } from '../../forge/errors.ts';
import { keys } from '../../store/keys.ts';
import { applyingSince, scopeState } from '../../store/scope-store.ts';
import type { Table } from '../../store/table.ts';

const createWorld = async (facts: readonly Fact[] = []): Promise<SyncWorld> =>
  createSyncWorld(createMemoryTable(), facts);

const scan = (id: number) => keys.scan(synchronizationId, repository(id));

/** The table as seen by a process that dies at its nth transaction: nothing after that reaches the table. */
function dyingAt(table: Table, transaction: number): Table {
  let seen = 0;
  const alive = (): Table => {
    if (seen >= transaction) {
      throw new Error('the process died');
    }
    return table;
  };
  return {
    get: async (key) => alive().get(key),
    getMany: async (list) => alive().getMany(list),
    query: async (partition, prefix, options) => alive().query(partition, prefix, options),
    pending: async (queue, options) => alive().pending(queue, options),
    update: async (change, when) => alive().update(change, when),
    async transact(operations) {
      seen++;
      await alive().transact(operations);
    },
  };
}

const organizationFacts = (members: number, repositories: number): Fact[] => [
  ...Array.from({ length: members }, (_, place) => aFact.member(place + 1)),
  ...Array.from({ length: repositories }, (_, place) => aFact.repository(place + 1)),
];

describe('runScopes, when a process dies', () => {
  it('reaches the same state wherever it died, and loses no work', async () => {
    const before = organizationFacts(0, 60);
    const after = [
      ...before
        .slice(40)
        .map((fact, place) =>
          fact.kind === 'repository' && place % 2 === 0 ? { ...fact, visibility: 'public' as const } : fact,
        ),
      ...Array.from({ length: 40 }, (_, place) => aFact.repository(1000 + place)),
    ];
    const changed = [1, 40, 1000, 1039];
    let died = true;
    let deaths = 0;
    for (; died; deaths += died ? 1 : 0) {
      const world = await createWorld(before);
      await world.sync('repositories');
      world.later();
      const asked = new Map<number, number>();
      for (const id of changed) {
        asked.set(id, await world.wanted(scan(id)));
      }
      world.forge.facts = after;
      await world.ask('repositories');
      died = await world.run('repositories', dyingAt(world.table, deaths + 1)).then(
        () => false,
        () => true,
      );
      // The dead worker's lease has to end first.
      world.clock.time += 331_000;
      await world.run('repositories');
      expect(await world.facts('repositories')).toEqual(after.map(factKey).sort());
      expect(await world.wanted(keys.scope(synchronizationId, 'repositories'))).toBe(0);
      for (const id of changed) {
        expect(await world.wanted(scan(id))).toBeGreaterThan(asked.get(id) ?? 0);
      }
    }
    // At least two batches of the plan, and the record.
    expect(deaths).toBeGreaterThanOrEqual(3);
  });

  it('takes rights away before it gives any, and the next worker finishes the plan without the forge', async () => {
    const world = await createWorld(organizationFacts(0, 150));
    await world.sync('repositories');
    world.later();
    const after = Array.from({ length: 150 }, (_, place) => aFact.repository(1000 + place));
    world.forge.facts = after;
    await world.ask('repositories');
    // The deletions are recorded in three transactions, the plan is stored, then its first batch is written.
    await expect(world.run('repositories', dyingAt(world.table, 6))).rejects.toThrow('the process died');
    const left = await world.facts('repositories');
    expect(left).toHaveLength(150 - 46);
    expect(left.every((key) => Number(key.slice('repository#'.length)) <= 150)).toBe(true);
    expect(await applyingSince(world.table, synchronizationId)).toBe(world.clock.time);

    const asked = await world.wanted(keys.grants(organizationId));
    world.clock.time += 331_000;
    world.forge.before = () => {
      throw new ForgeError('unavailable', 'down');
    };
    await world.run('repositories');
    expect(await world.facts('repositories')).toEqual(after.map(factKey).sort());
    expect(await applyingSince(world.table, synchronizationId)).toBeUndefined();
    // Views that widened nothing meanwhile are requested again.
    expect(await world.wanted(keys.grants(organizationId))).toBeGreaterThan(asked);
    expect(await world.table.query(`SYNC#${synchronizationId}`, 'PIECES#PLAN')).toEqual([]);
  });
});

describe('runScopes, alongside another worker', () => {
  it('undoes nothing that a later read found, when the read is slow', async () => {
    const world = await createWorld([aFact.member(1), aFact.member(2)]);
    await world.sync('members');
    world.later();
    await world.ask('members');
    world.forge.before = async (asked) => {
      if (asked === 'members') {
        // The first worker has its old answer, and outlives its lease while another one reads the current state.
        world.forge.before = () => {};
        world.forge.facts = [aFact.member(1), aFact.member(3)];
        world.clock.time += 331_000;
        await world.run('members');
        expect(await world.facts('members')).toEqual(['member#1', 'member#3']);
      }
    };
    await world.run('members');
    expect(await world.facts('members')).toEqual(['member#1', 'member#3']);
    expect(await scopeState(world.table, synchronizationId, 'members')).toMatchObject({ readAt: 3 });
  });

  it('plans again when a fact changed meanwhile', async () => {
    const world = await createWorld([aFact.member(1), aFact.member(2)]);
    await world.sync('members');
    world.later();
    world.forge.facts = [aFact.member(3)];
    await world.ask('members');
    let met = false;
    const meeting: Table = {
      ...world.table,
      async transact(operations) {
        if (!met) {
          met = true;
          // A later read of that one member found it.
          await world.table.update({
            key: keys.fact(synchronizationId, 'member#2'),
            set: { observedAt: 99 },
          });
        }
        return world.table.transact(operations);
      },
    };
    await world.run('members', meeting);
    expect(await world.facts('members')).toEqual(['member#2', 'member#3']);
  });

  it('lets views widen again when the rest of a large plan fits into one transaction', async () => {
    const before = organizationFacts(0, 120);
    const world = await createWorld(before);
    await world.sync('repositories');
    world.later();
    world.forge.facts = before.map((fact) =>
      fact.kind === 'repository' ? { ...fact, disabled: true } : fact,
    );
    await world.ask('repositories');
    let met = 0;
    const meeting: Table = {
      ...world.table,
      async transact(operations) {
        if ((await applyingSince(world.table, synchronizationId)) !== undefined && met++ === 0) {
          // A part of the list was read at the same moment.
          const key = keys.scope(synchronizationId, 'repositories');
          await world.table.update({ key, add: { partsRead: 1 } });
        }
        return world.table.transact(operations);
      },
    };
    await world.run('repositories', meeting);
    expect(met).toBeGreaterThan(0);
    expect(await world.wanted(keys.scope(synchronizationId, 'repositories'))).toBe(0);
    expect(await applyingSince(world.table, synchronizationId)).toBeUndefined();
    expect(await world.table.query(`SYNC#${synchronizationId}`, 'PIECES#PLAN')).toEqual([]);
  });

  it('leaves the scope alone while another worker has the lease', async () => {
    const world = await createWorld([aFact.member(1)]);
    await world.ask('members');
    world.forge.before = async (asked) => {
      if (asked === 'members') {
        world.forge.before = () => {
          throw new Error('two read at once');
        };
        expect(await world.run('members')).toBe('done');
        world.forge.before = () => {};
      }
    };
    await world.run('members');
    expect(await world.facts('members')).toEqual(['member#1']);
  });
});
