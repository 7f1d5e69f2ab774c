/**
 * Random groups, random changes on GitLab, faults of the simulator and of workers: once GitLab is quiet, whoever may read what is whoever may
 * read it on GitLab, by the naive rules. Until then faults take nothing away, and no right remains after a read that must have shown its end.
 *
 * `SYNC_SEED` repeats a seed, `SYNC_RUNS` sets how many sequences; `SYNC_PATH` (with the seed) goes straight to the one that failed.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extent, isLong } from '../../support/long.ts';
import { instances } from '../gitlab-rights/random-instances.ts';
import { type Numbers, performed, stepsOf } from '../rights-sync/sequences.ts';
import { type ChangeKey, changeKeys, gitLabChange } from './gitlab-changes.ts';
import { type GitLabModel, startGitLabModel } from './gitlab-model.ts';
import { watchRights } from './rights-watch.ts';

const seed = Number(process.env.SYNC_SEED ?? (isLong ? Date.now() % 2 ** 31 : 20_261_128));
const runs = Number(process.env.SYNC_RUNS ?? extent({ short: 5, long: 1_000 }));
const path = process.env.SYNC_PATH;

const sequences = fc.record({
  instance: instances,
  hasGraphql: fc.constantFrom(true, false, true),
  steps: stepsOf([...changeKeys, 'remove a member', 'remove a member'], []),
});

let model: GitLabModel;
beforeAll(async () => {
  model = await startGitLabModel();
});
afterAll(() => model.close());

test(
  `R1, R12, R18, R21, R23, R24: who reads follows GitLab through ${runs} sequences of changes and faults (SYNC_SEED=${seed})`,
  async () => {
    const property = fc.asyncProperty(sequences, async ({ instance, hasGraphql, steps }) => {
      const world = await model.begin({ ...instance, plan: 'premium', hasExternalUsers: true }, hasGraphql);
      const { simulator, topId, clock } = world;
      const stage = {
        ...{ world, watch: watchRights(world) },
        choose: (key: ChangeKey, numbers: Numbers) =>
          gitLabChange({ state: simulator.state, topId, now: clock.now() }, key, numbers),
        // Within an hour where projects have their turns.
        calmAfter: hasGraphql ? 4 : 14,
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
