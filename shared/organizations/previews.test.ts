import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { byOwner } from '../../test/support/by-owner.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { createSyncWorld } from '../../test/support/sync-world.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import { ForgeError } from '../forge/errors.ts';
import { keys } from '../store/keys.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import { leaseMs } from '../sync/run/take-scopes.ts';
import { pageOfPreview } from './preview-pages.ts';
import { previewJob, requestPreview } from './previews.ts';
import { runPreview } from './run-preview.ts';

const facts = [aFact.settings(true), aFact.member(1), aFact.member(2)];

async function createWorld() {
  const table = createMemoryTable();
  const world = await createSyncWorld(table, facts);
  await world.syncAll();
  world.later();
  world.workQueue.take();
  const found = await findSynchronization(table, synchronizationId);
  if (found === undefined) {
    throw new Error('nothing is synchronized');
  }
  const dependencies = { ...world, randomBytes };
  let leases = 0;
  const changes = async (number: number) => {
    const { result } = await previewJob(dependencies, found, number);
    const { entries } = await pageOfPreview(table, found, result, { from: 0, to: 100 });
    return entries.map(({ text }) => text);
  };
  return {
    changes,
    ...world,
    table,
    request: () => requestPreview(dependencies, found, byOwner),
    job: (number: number) => previewJob(dependencies, found, number),
    work: (reader = async () => world.forge.reader()) =>
      runPreview(
        { ...dependencies, newLeaseId: () => `preview-${++leases}`, openReader: reader },
        synchronizationId,
      ),
  };
}

describe('a preview', () => {
  it('is made by the worker, and shows what a run would change', async () => {
    const world = await createWorld();
    world.forge.facts = [...facts, aFact.member(3)];
    const { number, state } = await world.request();
    expect([number, state]).toEqual([1, 'waiting']);
    expect(world.workQueue.take()).toMatchObject([
      { queue: 'sync', message: { kind: 'preview', synchronization: synchronizationId } },
    ]);
    expect((await world.job(1)).state).toBe('waiting');
    const before = world.table.dump();
    await world.work();
    const written = [...world.table.dump().keys()].filter((key) => !before.has(key));
    expect(written.filter((key) => !key.includes('PREVIEW'))).toEqual([]);
    const done = await world.job(1);
    expect(done.state).toBe('done');
    expect(await world.changes(1)).toEqual(['member user-3 (3) added: found on the code host']);
    await expect(world.job(2)).rejects.toThrow('there is no preview 2');
  });

  it('says how far it is, and is taken up again when its worker died', async () => {
    const world = await createWorld();
    await world.request();
    const reader = world.forge.reader();
    const stuck = Promise.withResolvers<never>();
    const reached = Promise.withResolvers<void>();
    const dying = world.work(async () => ({
      ...reader,
      readScope(...asked: Parameters<typeof reader.readScope>) {
        if (asked[0] !== 'teams') {
          return reader.readScope(...asked);
        }
        reached.resolve();
        return stuck.promise;
      },
    }));
    await reached.promise;
    expect(await world.job(1)).toMatchObject({ state: 'running', progress: { read: 2, of: 5 } });
    // Another worker leaves it alone as long as the first may live.
    await world.work();
    expect((await world.job(1)).state).toBe('running');
    world.clock.time += leaseMs + 1;
    expect((await world.job(1)).state).toBe('waiting');
    await world.work();
    expect((await world.job(1)).state).toBe('done');
    stuck.reject(new Error('the worker is dead'));
    await expect(dying).rejects.toThrow('the worker is dead');
  });

  it('joins one that waits, and follows one that is being made', async () => {
    const world = await createWorld();
    await world.request();
    await world.request();
    await world.work();
    expect([(await world.job(1)).state, (await world.job(2)).state]).toEqual(['done', 'done']);
    expect((await world.request()).number).toBe(3);
    expect((await world.job(3)).state).toBe('waiting');
    expect((await world.job(2)).state).toBe('done');
  });

  it('has its own result, whatever came after it', async () => {
    const world = await createWorld();
    await world.request();
    await world.request();
    world.forge.facts = [...facts, aFact.member(3)];
    await world.work();
    await world.request();
    world.forge.facts = [...facts, aFact.member(4)];
    await world.work();
    await world.request();
    await world.work(async () => {
      throw new ForgeError('credential-rejected', 'the key is wrong');
    });
    for (const number of [1, 2]) {
      expect(await world.changes(number)).toEqual(['member user-3 (3) added: found on the code host']);
    }
    expect(await world.changes(3)).toEqual(['member user-4 (4) added: found on the code host']);
    expect((await world.job(4)).state).toBe('failed');
    // A day later, when the table may have removed the results, none stands for another.
    world.clock.time += 24 * 3600_000 + 1;
    await world.request();
    await world.work();
    await expect(world.job(4)).rejects.toThrow('kept for a day only');
    expect((await world.job(5)).state).toBe('done');
  });

  it('of an earlier version is the latest one, under any number', async () => {
    const world = await createWorld();
    await world.request();
    await world.request();
    await world.work();
    await world.table.update({ key: keys.preview(synchronizationId), remove: ['ended'] });
    expect((await world.job(1)).state).toBe('done');
    const failure = { code: 'forbidden', message: 'the key is wrong' };
    await world.table.update({ key: keys.preview(synchronizationId), set: { failure } });
    expect(await world.job(2)).toMatchObject({ state: 'failed', failure });
    await world.request();
    await world.work();
    expect([(await world.job(2)).state, (await world.job(3)).state]).toEqual(['failed', 'done']);
  });

  it('has failed when the forge cannot be read, until the next one', async () => {
    const world = await createWorld();
    await world.request();
    await world.work(async () => {
      throw new ForgeError('credential-rejected', 'the key is wrong');
    });
    const failed = await world.job(1);
    expect([failed.state, failed.failure]).toEqual([
      'failed',
      { code: 'forbidden', message: expect.stringContaining('the key is wrong') },
    ]);
    await world.request();
    await world.work();
    expect(await world.job(2)).toMatchObject({ state: 'done', failure: undefined });
  });

  it('has failed when three workers could not end it, until the next one', async () => {
    const world = await createWorld();
    await world.request();
    const failing = async () => {
      throw new Error('out of memory');
    };
    for (const state of ['waiting', 'waiting', 'failed']) {
      await expect(world.work(failing)).rejects.toThrow('out of memory');
      expect((await world.job(1)).state).toBe(state);
    }
    expect((await world.job(1)).failure).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('failed 3 times'),
    });
    // Nothing is left to do.
    expect(await world.work(failing)).toBe('done');
    await world.request();
    await world.work();
    expect(await world.job(2)).toMatchObject({ state: 'done', failure: undefined });
  });

  it('has failed when three workers died', async () => {
    const world = await createWorld();
    await world.request();
    for (let died = 0; died < 3; died++) {
      const begun = Promise.withResolvers<void>();
      void world.work(() => {
        begun.resolve();
        return new Promise(() => {});
      });
      await begun.promise;
      world.clock.time += leaseMs + 1;
    }
    expect((await world.job(1)).state).toBe('waiting');
    await world.work();
    expect((await world.job(1)).state).toBe('failed');
  });

  it('can be read for a day', async () => {
    const world = await createWorld();
    await world.request();
    await world.work();
    const chunk = [...world.table.dump()].find(([key]) => key.includes('PIECES#PREVIEW#1'));
    expect(chunk?.[1].expiresAt).toBe(Math.floor(world.clock.now() / 1000) + 24 * 3600);
  });
});
