/**
 * Random workspaces, random changes on Bitbucket, faults of the simulator and of workers: once Bitbucket is quiet, whoever may read what is
 * whoever may read it by the naive rules. Until then faults take nothing away, and no right remains after a read that must have shown its end.
 *
 * `SYNC_SEED` repeats a seed, `SYNC_RUNS` sets how many sequences; `SYNC_PATH` (with the seed) goes straight to the one that failed.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extent, isLong } from '../../support/long.ts';
import { instances } from '../bitbucket-rights/random-instances.ts';
import { type Numbers, performed, stepsOf } from '../rights-sync/sequences.ts';
import { bitbucketChange, type ChangeKey, changeKeys } from './bitbucket-changes.ts';
import { type BitbucketModel, startBitbucketModel, watchRights } from './bitbucket-model.ts';

const seed = Number(process.env.SYNC_SEED ?? (isLong ? Date.now() % 2 ** 31 : 20_261_128));
const runs = Number(process.env.SYNC_RUNS ?? extent({ short: 4, long: 1_000 }));
const path = process.env.SYNC_PATH;

const sequences = fc.record({
  instance: instances,
  steps: stepsOf(
    [...changeKeys, 'remove a member', 'a permission on a repository'],
    ['false-not-found', 'timed-out', 'taken-for-spam'],
  ),
});

let model: BitbucketModel;
beforeAll(async () => {
  model = await startBitbucketModel();
});
afterAll(() => model.close());

test(
  `R1, R10, R11, R12, R24: who reads follows Bitbucket through ${runs} sequences of changes and faults (SYNC_SEED=${seed})`,
  async () => {
    const property = fc.asyncProperty(sequences, async ({ instance, steps }) => {
      const world = await model.begin({ ...instance, groups: 'served' });
      const { state } = world.simulator;
      const stage = {
        ...{ world, watch: watchRights(world) },
        choose(key: ChangeKey, numbers: Numbers) {
          const workspace = state.workspaces.get(world.workspace);
          return workspace && bitbucketChange({ state, workspace }, key, numbers);
        },
        // What is not found is gone only after an hour.
        calmAfter: 14,
      };
      expect(await performed(stage, steps)).toEqual([]);
    });
    await fc.assert(property, {
      ...{ seed, numRuns: runs, interruptAfterTimeLimit: extent({ short: 250_000, long: 3_500_000 }) },
      ...(path !== undefined && { path, endOnFailure: true }),
    });
  },
  extent({ short: 300_000, long: 3_600_000 }),
);
