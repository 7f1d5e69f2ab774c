import { describe, expect, it, vi } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { addSynchronized, installationId, synchronizationId } from '../../test/support/synchronized.ts';
import { createRecordingWaker } from '../../test/support/waker.ts';
import { gitHubBaseUrl } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import type { LoggedAttempt } from '../forge/forge.ts';
import { keys } from '../store/keys.ts';
import { scopeState } from '../store/scope-store.ts';
import { catchUp } from './catch-up.ts';

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
  const gone = new Set<string>();
  const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  return {
    table,
    clock,
    attempts,
    asked,
    gone,
    reconcileAll,
    logger,
    add(deliveryId: string, arrived: boolean) {
      attempts.unshift({ id: String(attempts.length + 1), deliveryId, at: clock.time, arrived });
    },
    wanted: async () => (await scopeState(table, synchronizationId, 'members'))?.wanted ?? 0,
    run: () =>
      catchUp({
        table,
        clock,
        logger,
        waker: createRecordingWaker(),
        baseUrl: gitHubBaseUrl,
        reconcileAll,
        log: {
          async *attempts(since) {
            asked.push(since);
            yield attempts.filter(({ at }) => at >= since);
          },
          async delivery(id) {
            if (gone.has(id)) {
              throw new ForgeError('not-found', 'too old');
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

describe('catchUp', () => {
  it('takes what did not arrive, once, and nothing that did', async () => {
    const scene = await createScene();
    scene.add('one', true);
    scene.add('two', false);
    scene.add('three', false);
    // Delivered again by hand, and then it arrived.
    scene.add('three', true);
    expect(await scene.run()).toEqual({ attempts: 4, missed: 1, taken: 1 });
    expect(await scene.wanted()).toBe(1);
    expect(await scene.run()).toEqual({ attempts: 4, missed: 1, taken: 0 });
    expect(await scene.wanted()).toBe(1);
  });

  it('looks no further back than the last time, with some overlap, and never beyond three days', async () => {
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

  it('reads everything anew when very much was missed', async () => {
    const scene = await createScene();
    for (let count = 0; count <= 100; count++) {
      scene.add(`missed ${count}`, false);
    }
    await scene.run();
    expect(scene.reconcileAll).toHaveBeenCalledOnce();
    expect(scene.logger.error).toHaveBeenCalledOnce();
  });

  it('goes on without one that cannot be had any more', async () => {
    const scene = await createScene();
    scene.add('one', false);
    scene.add('two', false);
    scene.gone.add('1');
    expect(await scene.run()).toMatchObject({ missed: 2, taken: 1 });
    expect(scene.logger.warn).toHaveBeenCalledOnce();
  });

  it('begins again where it began when the log cannot be read', async () => {
    const scene = await createScene();
    scene.add('one', false);
    await scene.run();
    scene.clock.time += 30 * minute;
    const broken = {
      ...scene,
      run: () =>
        catchUp({
          table: scene.table,
          clock: scene.clock,
          logger: scene.logger,
          waker: createRecordingWaker(),
          baseUrl: gitHubBaseUrl,
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
    expect(await scene.table.get(keys.deliveryLog('github'))).toMatchObject({ readUntil: start });
  });
});
