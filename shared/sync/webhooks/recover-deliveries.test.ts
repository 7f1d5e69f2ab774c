import { describe, expect, it, vi } from 'vitest';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createRecordingQueue } from '../../../test/support/recording-queue.ts';
import {
  addSynchronized,
  gitHubHost,
  installationId,
  synchronizationId,
} from '../../../test/support/synchronized.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { LoggedAttempt } from '../../forge/forge.ts';
import { keys } from '../../store/keys.ts';
import { scopeState } from '../../store/scope-store.ts';
import { recoverAllDeliveries, recoverDeliveries } from './recover-deliveries.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const minute = 60_000;

/** A forge whose events are all about the members. */
async function createScene() {
  const table = createMemoryTable();
  await addSynchronized(table);
  const attempts: LoggedAttempt[] = [];
  const clock = { time: start, now: () => clock.time };
  const reconcileAll = vi.fn(async () => {});
  const asked: number[] = [];
  const read = { pages: 0 };
  const gone = new Map<string, ForgeError['code']>();
  const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  return {
    table,
    clock,
    attempts,
    asked,
    read,
    gone,
    reconcileAll,
    logger,
    add(deliveryId: string, arrived: boolean, aboutInstallation = false) {
      const id = String(attempts.length + 1);
      attempts.unshift({ id, deliveryId, at: clock.time, arrived, aboutInstallation });
    },
    wanted: async () => (await scopeState(table, synchronizationId, 'members'))?.wanted ?? 0,
    run: () =>
      recoverDeliveries({
        table,
        clock,
        logger,
        workQueue: createRecordingQueue(),
        source: gitHubHost,
        reconcileAll,
        log: {
          async *attempts(since) {
            asked.push(since);
            const all = attempts.filter(({ at }) => at >= since);
            for (let start = 0; start < all.length; start += 100) {
              read.pages += 1;
              yield all.slice(start, start + 100);
            }
          },
          async delivery(id) {
            const code = gone.get(id);
            if (code !== undefined) {
              throw new ForgeError(code, 'not to be had');
            }
            const attempt = attempts.find((one) => one.id === id);
            return {
              deliveryId: attempt?.deliveryId ?? '',
              event: 'organization.member_added',
              installation: installationId,
              removals: [],
              arrivals: [],
              hints: [{ look: 'scope', scope: 'members' }],
            };
          },
        },
      }),
  };
}

describe('recoverDeliveries', () => {
  it('takes what did not arrive, once, and nothing that did', async () => {
    const scene = await createScene();
    scene.add('one', true);
    scene.add('two', false);
    scene.add('three', false);
    // Redelivered by hand, which succeeded.
    scene.add('three', true);
    expect(await scene.run()).toEqual({ attempts: 4, missed: 1, taken: 1 });
    expect(await scene.wanted()).toBe(1);
    expect(await scene.run()).toEqual({ attempts: 4, missed: 1, taken: 0 });
    expect(await scene.wanted()).toBe(1);
  });

  it('reads the log back to the last time, with some overlap, and never beyond three days', async () => {
    const scene = await createScene();
    await scene.run();
    scene.add('one', true);
    await scene.run();
    scene.clock.time += 60 * minute;
    await scene.run();
    const days = 3 * 24 * 60 * minute;
    expect(scene.asked).toEqual([start - days, start - days, start - 15 * minute]);
    scene.clock.time += 2 * days;
    await scene.run();
    expect(scene.asked.at(-1)).toBe(scene.clock.time - days);
  });

  it('requests a read of everything when very much was missed', async () => {
    const scene = await createScene();
    for (let count = 0; count <= 100; count++) {
      scene.add(`missed ${count}`, false);
    }
    await scene.run();
    expect(scene.reconcileAll).toHaveBeenCalledOnce();
    expect(scene.logger.error).toHaveBeenCalledOnce();
    expect(await scene.wanted()).toBe(0);
  });

  it('still takes what was reported about installations then, since no read finds it', async () => {
    const scene = await createScene();
    scene.add('installed', false, true);
    for (let count = 0; count <= 100; count++) {
      scene.add(`missed ${count}`, false);
    }
    expect(await scene.run()).toEqual({ attempts: 102, missed: 102, taken: 1 });
    expect(scene.reconcileAll).toHaveBeenCalledOnce();
  });

  it('stops in a log that is too long for one call, and does not start over with it next time', async () => {
    const scene = await createScene();
    for (let count = 0; count < 30_000; count++) {
      scene.attempts.push({ id: 'a', deliveryId: 'a', at: start, arrived: true, aboutInstallation: false });
    }
    expect(await scene.run()).toMatchObject({ attempts: 10_000 });
    expect(scene.read.pages).toBe(100);
    expect(scene.reconcileAll).toHaveBeenCalledOnce();
    expect(await scene.table.get(keys.deliveryLog(gitHubHost))).toMatchObject({ readUntil: start });
  });

  it.each(['not-found', 'incomplete', 'unexpected'] as const)(
    'continues after a delivery that is %s',
    async (code) => {
      const scene = await createScene();
      scene.add('one', false);
      scene.add('two', false);
      scene.gone.set('1', code);
      expect(await scene.run()).toMatchObject({ missed: 2, taken: 1 });
      expect(scene.logger.warn).toHaveBeenCalledOnce();
    },
  );

  it('starts from the same place next time when the log cannot be read', async () => {
    const scene = await createScene();
    scene.add('one', false);
    await scene.run();
    scene.clock.time += 30 * minute;
    const broken = {
      ...scene,
      run: () =>
        recoverDeliveries({
          table: scene.table,
          clock: scene.clock,
          logger: scene.logger,
          workQueue: createRecordingQueue(),
          source: gitHubHost,
          reconcileAll: scene.reconcileAll,
          log: {
            attempts() {
              throw new ForgeError('unavailable', 'down');
            },
            delivery: () => Promise.reject(new Error('not asked')),
          },
        }),
    };
    await expect(broken.run()).rejects.toThrow('down');
    expect(await scene.table.get(keys.deliveryLog(gitHubHost))).toMatchObject({ readUntil: start });
  });
});

describe('recoverAllDeliveries', () => {
  it('reads the other logs when one cannot be opened', async () => {
    const table = createMemoryTable();
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const broken = { ...gitHubHost, baseUrl: 'https://github.example.com' };
    const log = {
      async *attempts() {
        yield [{ id: '1', deliveryId: 'one', at: start, arrived: true, aboutInstallation: false }];
      },
      delivery: () => Promise.reject(new Error('nothing was missed')),
    };
    const error = new ForgeError('credential-rejected', 'the key cannot be read');
    const turn = recoverAllDeliveries(
      {
        table,
        clock: { now: () => start },
        logger,
        workQueue: createRecordingQueue(),
        reconcileAll: vi.fn(),
      },
      [
        { source: broken, openLog: () => Promise.reject(error) },
        { source: gitHubHost, openLog: async () => log },
      ],
    );
    await expect(turn).rejects.toBe(error);
    expect(await table.get(keys.deliveryLog(gitHubHost))).toMatchObject({ readUntil: start });
    expect(logger.error.mock.calls).toEqual([['a delivery log could not be read', { ...broken, error }]]);
  });
});
