import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { byOwner } from '../../test/support/by-owner.ts';
import { storeInWords } from '../../test/support/history.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { createSyncWorld } from '../../test/support/sync-world.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import { CallerError } from '../domain/caller-error.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import { putClaim } from '../store/claim-store.ts';
import { keys } from '../store/keys.ts';
import { latestRuns } from '../store/run-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { undoProgress, undoRun } from './undo-run.ts';

const everything = [
  aFact.settings(true),
  ...[1, 2, 3].map((id) => aFact.member(id)),
  aFact.team(5),
  aFact.teamMember(5, 1),
  aFact.repository(7),
];

async function found(table: Table): Promise<Synchronization> {
  const synchronization = await findSynchronization(table, synchronizationId);
  if (synchronization === undefined) {
    throw new Error('nothing is synchronized');
  }
  return synchronization;
}

/** A world in which a run has just removed two members and a place in a team. */
async function createWorld() {
  const world = await createSyncWorld(createMemoryTable(), everything);
  await world.syncAll();
  world.later();
  world.forge.facts = everything.filter(
    (fact) => !(fact.kind === 'member' && fact.account !== '1') && fact.kind !== 'team-member',
  );
  await world.syncAll();
  world.workQueue.take();
  world.clock.time += 1000;
  const [run] = await latestRuns(world.table, synchronizationId, 1);
  const number = run?.observedAt ?? 0;
  const undo = async (asked?: string, which = number) =>
    asked === undefined
      ? undoRun({ ...world, randomBytes }, await found(world.table), which, byOwner)
      : undoProgress(world, await found(world.table), which, Date.parse(asked));
  return { ...world, number, undo };
}

describe('undoRun', () => {
  it('restores at once what the forge has again, and lists the rest', async () => {
    const world = await createWorld();
    world.forge.facts = everything.filter((fact) => fact.kind !== 'member' || fact.account !== '3');
    const asked = await world.undo();
    expect(asked).toMatchObject({ isDone: false, putBack: [] });
    expect(asked.left.map(({ reason }) => reason)).toEqual([
      'members has not been read yet',
      'members has not been read yet',
      'teams has not been read yet',
    ]);
    expect(world.workQueue.take().map(({ message }) => message.scope)).toEqual(['members']);

    await world.run('members');
    expect(await world.facts('members')).toEqual(['member#1', 'member#2']);
    expect(await world.facts('teams')).toEqual(['team#5', 'team-member#1#5']);
    const done = await world.undo(asked.asked);
    expect(done).toMatchObject({
      isDone: true,
      putBack: ['member user-2 (2)', 'user-1 (1) in team team-5 (5)'],
      left: [
        {
          what: 'member user-3 (3)',
          reason: expect.stringContaining('the code host does not show it yet; members is read again at'),
        },
      ],
    });

    const [record] = await latestRuns(world.table, synchronizationId, 1);
    expect(done.recordedAs).toEqual([record?.observedAt]);
    expect(record?.scopes.map(({ scope, cause }) => [scope, cause])).toEqual([
      ['members', `undo of run ${world.number}`],
      ['teams', `undo of run ${world.number}`],
    ]);
    expect(record?.counts).toEqual({ add: 2, update: 0, remove: 0 });
  });

  it('restores what a run of an earlier version removed', async () => {
    const world = await createWorld();
    await storeInWords(world.table, world.number);
    world.forge.facts = everything;
    const asked = await world.undo();
    await world.run('members');
    expect(await world.undo(asked.asked)).toMatchObject({
      isDone: true,
      putBack: ['member user-2 (2)', 'member user-3 (3)', 'user-1 (1) in team team-5 (5)'],
      left: [],
    });
  });

  it('reads once more, since the forge may still show what is gone', async () => {
    const world = await createWorld();
    const gone = world.forge.facts;
    world.forge.facts = everything;
    await world.undo();
    await world.run('members');
    expect(await world.facts('members')).toHaveLength(3);
    world.forge.facts = gone;
    for (let minute = 0; minute < 3; minute++) {
      world.clock.time += 70_000;
      await world.run('members');
    }
    expect(await world.facts('members')).toEqual(['member#1']);
  });

  it('restores nothing that a new event has withdrawn since the request', async () => {
    const world = await createWorld();
    world.forge.facts = everything;
    await world.undo();
    const claim = { key: 'member#2', expect: 'gone', at: world.clock.time + 1, bodies: [] } as const;
    await world.table.transact([putClaim(synchronizationId, claim)]);
    await world.run('members');
    expect(await world.facts('members')).toEqual(['member#1', 'member#3']);
  });

  it('does nothing the second time', async () => {
    const world = await createWorld();
    world.forge.facts = everything;
    await world.undo();
    await world.run('members');
    world.workQueue.take();
    world.later();
    const facts = [await world.facts('members'), await world.facts('teams')];
    const again = await world.undo();
    expect(again).toMatchObject({ isDone: true, putBack: [], recordedAs: [] });
    expect(new Set(again.left.map(({ reason }) => reason))).toEqual(new Set(['already there']));
    expect(again.left).toHaveLength(3);
    expect(world.workQueue.take()).toEqual([]);
    expect([await world.facts('members'), await world.facts('teams')]).toEqual(facts);
  });

  it('says why one scope failed, and goes on with the other', async () => {
    const world = await createWorld();
    world.forge.facts = everything;
    world.forge.before = (asked) => {
      if (asked === 'members') {
        throw new ForgeError('insufficient-scope', 'no permission');
      }
    };
    const { asked } = await world.undo();
    await world.run('members');
    expect(await world.undo(asked)).toMatchObject({
      isDone: true,
      putBack: ['user-1 (1) in team team-5 (5)'],
      left: [
        {
          what: 'member user-2 (2)',
          reason: 'members could not be read: insufficient-scope: no permission',
        },
        { what: 'member user-3 (3)' },
      ],
    });
  });

  it('says that a scope is retried, and finishes it then', async () => {
    const world = await createWorld();
    world.forge.facts = everything;
    world.forge.before = (asked) => {
      if (asked === 'members') {
        throw new ForgeError('unavailable', 'no answer');
      }
    };
    const { asked } = await world.undo();
    await world.run('members');
    const [first] = (await world.undo(asked)).left;
    expect(first?.reason).toBe('members has not been read yet: unavailable: no answer');
    world.forge.before = () => {};
    world.clock.time += 10_000;
    await world.run('members');
    expect(await world.undo(asked)).toMatchObject({ isDone: true, left: [] });
  });

  it('still defers the return of what is removed after the request', async () => {
    const world = await createWorld();
    world.forge.facts = everything;
    const { asked } = await world.undo();
    await world.run('members');
    await world.claimGone('member#2');
    world.forge.facts = everything.filter((fact) => fact.kind !== 'member' || fact.account !== '2');
    world.clock.time += 1000;
    await world.sync('members');
    expect(await world.facts('members')).toEqual(['member#1', 'member#3']);
    // A list that lags shows it again.
    world.forge.facts = everything;
    world.clock.time += 1000;
    await world.sync('members');
    expect(await world.facts('members')).toEqual(['member#1', 'member#3']);
    expect((await world.undo(asked)).left).toEqual([
      { what: 'member user-2 (2)', reason: 'removed again by a later run' },
    ]);
  });

  it('still defers the return by a read that began before the request', async () => {
    const world = await createWorld();
    world.forge.facts = everything;
    let asked = '';
    await world.ask('members');
    // The request comes while the list is being read.
    world.forge.before = async (what) => {
      if (what === 'members' && asked === '') {
        world.clock.time += 1000;
        ({ asked } = await world.undo());
      }
    };
    await world.run('members');
    expect(await world.facts('members')).toEqual(['member#1']);
    expect(await world.undo(asked)).toMatchObject({ isDone: false });
    await world.run('members');
    expect(await world.facts('members')).toEqual(['member#1', 'member#2', 'member#3']);
  });

  it('restarts a read in steps that began before the request', async () => {
    const world = await createWorld();
    world.forge.facts = everything;
    world.forge.perStep = 1;
    await world.sync('members');
    world.clock.time += 1000;
    const { asked } = await world.undo();
    world.forge.perStep = 10;
    await world.run('members');
    expect(await world.undo(asked)).toMatchObject({ isDone: true, left: [] });
  });

  it('says what a later run removed again', async () => {
    const world = await createWorld();
    world.forge.facts = everything;
    const { asked } = await world.undo();
    await world.run('members');
    world.later();
    world.forge.facts = everything.filter((fact) => fact.kind !== 'member' || fact.account !== '2');
    await world.sync('members');
    expect((await world.undo(asked)).left).toEqual([
      { what: 'member user-2 (2)', reason: 'removed again by a later run' },
    ]);
  });

  it('refuses runs that do not exist, removed nothing or are too old', async () => {
    const world = await createWorld();
    await expect(world.undo(undefined, world.number + 10)).rejects.toThrow(
      new CallerError(
        'not-found',
        `run ${world.number + 10} does not exist yet; runs lists the recorded ones`,
      ),
    );
    await expect(world.undo(undefined, 1)).rejects.toThrow('run 1 removed nothing');
    await world.table.transact([
      { delete: { pk: `SYNC#${synchronizationId}`, sk: `RUN#${'1'.padStart(12, '0')}` } },
    ]);
    await expect(world.undo(undefined, 1)).rejects.toThrow('run 1 is not recorded');
    const { pk } = keys.runChanges(synchronizationId, world.number, 0);
    for (const { sk } of await world.table.query(pk, 'CHANGES#')) {
      await world.table.transact([{ delete: { pk, sk: String(sk) } }]);
    }
    await expect(world.undo()).rejects.toThrow(`run ${world.number} is too old`);
  });
});
