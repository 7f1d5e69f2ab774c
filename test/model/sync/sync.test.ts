/**
 * Random worlds, random changes on the forge, every fault of the simulator: after it goes quiet, rights, packages and files equal the
 * forge's; while it rages, nothing goes that the forge has had all the time, and no right outlives the reading that took its ground.
 *
 * `SYNC_SEED` repeats a run, `SYNC_RUNS` says how many sequences; `SYNC_PATH` (with the seed) goes straight to what failed.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extent, isLong } from '../../support/long.ts';
import { sequences } from './commands.ts';
import { sequenceInWords } from './in-words.ts';
import { type Model, startModel } from './model-world.ts';
import { type Exceptions, runSequence } from './run-sequence.ts';

const seed = Number(process.env.SYNC_SEED ?? (isLong ? Date.now() % 2 ** 31 : 20_261_122));
const runs = Number(process.env.SYNC_RUNS ?? extent({ short: 200, long: 5_000 }));
const path = process.env.SYNC_PATH;

let model: Model;
beforeAll(async () => {
  model = await startModel();
});
afterAll(() => model.close());

test(
  `what Composer reads follows the forge through ${runs} sequences of changes and faults (SYNC_SEED=${seed})`,
  async () => {
    const met: Exceptions = { held: 0, unheard: 0, suspended: 0, movedTags: 0, unnamed: 0 };
    const property = fc.asyncProperty(sequences, async (sequence) => {
      const world = await model.begin(sequence.world);
      const { wrong, exceptions } = await runSequence(world, sequence);
      for (const name of Object.keys(exceptions) as (keyof Exceptions)[]) {
        met[name] += exceptions[name];
      }
      if (wrong.length > 0) {
        throw new Error(wrong.join('\n'));
      }
    });
    const { failed, counterexample, counterexamplePath, errorInstance, numRuns } = await fc.check(property, {
      seed,
      numRuns: runs,
      ...(path !== undefined && { path }),
    });
    const [sequence] = counterexample ?? [];
    expect(
      failed && sequence !== undefined
        ? [
            `SYNC_SEED=${seed} SYNC_PATH=${counterexamplePath} fails after ${numRuns} sequences:`,
            sequenceInWords(sequence),
            String(errorInstance),
          ].join('\n')
        : 'all is well',
    ).toBe('all is well');
    console.info('met', met);
  },
  extent({ short: 300_000, long: 20 * 3_600_000 }),
);
