import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Synchronization } from '../../shared/domain/synchronization.ts';
import { undoProgress, undoRun } from '../../shared/organizations/undo-run.ts';
import { loadRemoved } from '../../shared/store/run-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { leaseMs } from '../../shared/sync/run/take-scopes.ts';
import { byOwner } from '../support/by-owner.ts';
import { historyProblems } from '../support/history.ts';
import { aFact } from '../support/memory-forge.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { listRuns, showRun } from '../support/recorded-runs.ts';
import { createSyncWorld } from '../support/sync-world.ts';
import { synchronizationId } from '../support/synchronized.ts';

/** Small plans, and one of several transactions. */
const repositories = Array.from({ length: 60 }, (_, place) => aFact.repository(100 + place));
const before = [aFact.settings(true), aFact.member(1), aFact.member(2), aFact.team(5), ...repositories];
const after = [aFact.settings(true), aFact.member(1), aFact.member(3), ...repositories.slice(50)];

const all = ['settings', 'members', 'teams', 'repositories'] as const;

/**
 * The table of a process that dies after a number of writes.
 * @param isLost whether the last write has no effect; otherwise only its answer is lost
 */
function writing(table: Table, times: number, isLost: boolean): Table {
  let left = times;
  const write = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    left--;
    if (left > 0) {
      return run();
    }
    if (left === 0 && !isLost) {
      await run();
    }
    throw new Error('the process died');
  };
  return {
    ...table,
    update: (change, when) => write(() => table.update(change, when)),
    transact: (operations) => write(() => table.transact(operations)),
  };
}

async function createWorld() {
  const table = createMemoryTable();
  const world = await createSyncWorld(table, before);
  const askAll = async (): Promise<void> => {
    for (const scope of all) {
      await world.ask(scope);
    }
  };
  const facts = async () => (await Promise.all(all.map((scope) => world.facts(scope)))).flat();
  await askAll();
  await world.run('settings');
  world.later();
  const itemsBefore = table.dump();
  const factsBefore = await facts();
  world.forge.facts = after;
  await askAll();
  const synchronization = async (): Promise<Synchronization> => {
    const found = await findSynchronization(table, synchronizationId);
    if (found === undefined) {
      throw new Error('nothing is synchronized');
    }
    return found;
  };
  return { ...world, table, askAll, facts, itemsBefore, factsBefore, synchronization };
}

describe('the history of a run whose worker dies', () => {
  it.each([false, true])(
    'agrees with the facts wherever that is, and removals can be undone (the last write is lost: %s)',
    async (isLost) => {
      let isAlive = false;
      let halfDone = 0;
      for (let writes = 1; !isAlive; writes++) {
        const world = await createWorld();
        isAlive = await world.run('settings', writing(world.table, writes, isLost)).then(
          () => true,
          () => false,
        );
        const label = `after ${writes} writes`;
        expect(historyProblems(world.itemsBefore, world.table.dump()), label).toEqual([]);

        const facts = await world.facts();
        const gone = world.factsBefore.filter((key) => !facts.includes(key));
        const synchronization = await world.synchronization();
        const runs = await listRuns(world.table, synchronization, true, world.clock.now());
        const latest = runs.find(({ number }) => number === 2);
        expect(latest?.counts.remove ?? 0, label).toBe(gone.length);
        halfDone += gone.length > 0 && latest?.scopes.some(({ outcome }) => outcome === 'begun') ? 1 : 0;

        // The forge has everything again, and an owner undoes the run.
        world.clock.time += leaseMs + 1000;
        world.forge.facts = before;
        if (gone.length > 0) {
          const asked = await undoRun({ ...world, randomBytes }, synchronization, 2, byOwner);
          await world.run('members');
          const done = await undoProgress(world, synchronization, 2, Date.parse(asked.asked));
          expect(done, label).toMatchObject({ isDone: true, left: [] });
          expect(done.putBack, label).toHaveLength(gone.length);
        }
        // A finished plan has deleted what was left of it, and a later read of the lists finds it again.
        world.later();
        await world.askAll();
        await world.run('members');
        expect(await world.facts(), label).toEqual(expect.arrayContaining(world.factsBefore));
        expect(historyProblems(world.itemsBefore, world.table.dump()), label).toEqual([]);
      }
      expect(halfDone).toBeGreaterThanOrEqual(3);
    },
    30_000,
  );

  it('records that its worker died, with its cause, duration and requests', async () => {
    const world = await createWorld();
    const reader = world.forge.reader;
    world.forge.reader = () => ({ ...reader(), requests: () => 7 });
    world.forge.before = () => {
      world.clock.time += 1000;
    };
    // The leases, the number, and the settings' and the members' transactions.
    await world.run('settings', writing(world.table, 8, false)).catch(() => {});
    const synchronization = await world.synchronization();
    const show = () => showRun(world.table, synchronization, 2, world.clock.now());
    const shown = await show();
    expect(shown).toMatchObject({ counts: { add: 1, update: 0, remove: 1 }, requests: 7, seconds: 6 });
    expect(shown.changes.map((text) => text.split(':')[0])).toEqual([
      'member user-2 (2) removed',
      'member user-3 (3) added',
    ]);
    expect(shown.scopes.map(({ scope, cause, outcome }) => `${scope} ${cause} ${outcome}`)).toEqual([
      'settings test whole',
      'members test begun',
      'repositories test begun',
      'teams test begun',
    ]);
    expect(await loadRemoved(world.table, synchronizationId, 2)).toHaveLength(1);
    world.clock.time += leaseMs;
    expect((await show()).scopes.map(({ outcome }) => outcome)).toEqual([
      'whole',
      ...Array(3).fill('worker died'),
    ]);
  });

  it('of a run that completes ends with the outcome of each scope', async () => {
    const world = await createWorld();
    await world.run('settings');
    const shown = await showRun(world.table, await world.synchronization(), 2, world.clock.now());
    expect(shown.counts).toEqual({ add: 1, update: 0, remove: 52 });
    expect(shown.changes).toHaveLength(53);
    expect(shown.scopes.map(({ outcome }) => outcome)).toEqual(['whole', 'whole', 'whole', 'whole']);
  });
});
