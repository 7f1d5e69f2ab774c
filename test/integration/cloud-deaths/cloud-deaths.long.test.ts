import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../composer-oracle/random.ts';
import { extent } from '../../support/long.ts';
import { type Bench, startBench } from './bench.ts';
import { problemsOf } from './compare.ts';
import { atOnce, type Doing, inTurn } from './concurrent-pairs.ts';
import { type Disturbance, disturb, disturbancesOf, inWords } from './failed-calls.ts';
import { type Chapter, chapters } from './world.ts';

/**
 * Wherever a worker of the real local cloud dies or an answer gets lost, everything comes to the same end. A few of all calls; all of them
 * in the long version. The same seed chooses the same, `DEATHS_SEED` gives another.
 */
const seed = Number(process.env.DEATHS_SEED ?? Date.now() % 1_000_000);
const perChapter = extent({ short: 1, long: 5 });

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ cold: ['a new tag'] });
}, 300_000);
afterAll(() => bench?.close(), 60_000);

describe(`a death or a lost answer in the local cloud (DEATHS_SEED=${seed})`, () => {
  it('begins with lives that nothing disturbs, in which all functions of the main job are at work', () => {
    const lives = [...bench.undisturbed.values()];
    expect(lives.flatMap(({ leftovers }) => leftovers)).toEqual([]);
    const callers = new Set(lives.flatMap(({ calls }) => calls.map((call) => call.split(' ')[0])));
    expect([...callers].sort()).toEqual([
      'fetch-dist',
      'forge',
      'publish-access',
      'publish-package',
      'publish-roots',
      'receive-webhook',
      'scan-repository',
      'start-reconcile',
      'sweep-work',
      'sync-organization',
    ]);
    expect(lives.flatMap(({ calls }) => calls).length).toBeGreaterThan(500);
  });

  const random = createRandom(seed);
  it.each(chapters)(
    '%s ends the same',
    async (chapter) => {
      const all = disturbancesOf(chapter, bench.undisturbed.get(chapter)?.calls ?? []);
      let reached = 0;
      for (let tries = 0; reached < perChapter && tries < 4 * perChapter; tries++) {
        const disturbance: Disturbance = random.pick(all);
        const outcome = await disturb(bench, disturbance);
        expect(outcome.problems, inWords(disturbance)).toEqual([]);
        console.log(`${outcome.reached ? 'struck' : 'not reached'}: ${inWords(disturbance)}`);
        reached += outcome.reached ? 1 : 0;
      }
      expect(reached).toBe(perChapter);
    },
    180_000,
  );
});

describe('two of everything at once in the local cloud', () => {
  const delivers =
    (chapter: Chapter): Doing =>
    (parts) =>
      parts.deliver(chapter);
  const reconciles: Doing = async (parts) => {
    await parts.reconcile();
    return [];
  };
  const installs: Doing = (parts) => parts.install();

  it.each([
    {
      name: 'deliveries, scans and publishers of one package',
      chapter: 'a new tag',
      doings: [delivers('a new tag')],
    },
    {
      name: 'scans of one repository that becomes a package',
      chapter: 'a new repository',
      doings: [delivers('a new repository')],
    },
    {
      name: 'full runs, and a delivery with them',
      chapter: 'a right given and one taken',
      doings: [reconciles, delivers('a right given and one taken'), reconciles],
    },
    { name: 'builds of one archive', chapter: 'an archive', doings: [installs, installs] },
  ] as const)(
    '$name end as one after another',
    async ({ chapter, doings }) => {
      const expected = await inTurn(bench, chapter, doings);
      // A delivery that comes twice at once does nothing twice either.
      const found = await atOnce(bench, chapter, [...doings, ...doings]);
      expect(problemsOf(expected, found)).toEqual([]);
    },
    180_000,
  );
});
