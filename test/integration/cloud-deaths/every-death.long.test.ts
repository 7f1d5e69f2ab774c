import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './bench.ts';
import { watchCalls } from './calls.ts';
import { disturb, disturbancesOf, inWords } from './failed-calls.ts';
import { chapters } from './world.ts';

/**
 * Every call of the main job, before, after, and with its answer lost: an hour on a small machine. `-t` takes one chapter, and a pattern in
 * `DEATHS_ONLY` those whose line it fits.
 */
const only = new RegExp(process.env.DEATHS_ONLY ?? '');

describe('a death or a lost answer in the local cloud, at every call', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench({ cold: chapters });
  }, 300_000);
  afterAll(() => bench?.close(), 60_000);

  it.each(chapters)('%s ends the same', async (chapter) => {
    // Warm functions make calls that cold ones are too late for.
    await bench.reset(chapter);
    const watch = watchCalls(bench.system);
    await bench.live(chapter).finally(watch.stop);
    const calls = new Set([...(bench.undisturbed.get(chapter)?.calls ?? []), ...watch.calls]);
    const all = disturbancesOf(chapter, calls).filter((disturbance) => only.test(inWords(disturbance)));
    const missed: string[] = [];
    const late: string[] = [];
    const wrong: string[] = [];
    for (const [place, disturbance] of all.entries()) {
      const { reached, gaveUp, problems } = await disturb(bench, disturbance);
      if (!reached) {
        missed.push(inWords(disturbance));
      }
      if (gaveUp) {
        late.push(inWords(disturbance));
      }
      if (problems.length > 0) {
        wrong.push(inWords(disturbance));
        console.log(`${inWords(disturbance)}\n  ${problems.slice(0, 5).join('\n  ')}`);
      }
      if (place % 50 === 49) {
        console.log(
          `${chapter}: ${place + 1} of ${all.length}, ${missed.length} not reached, ${wrong.length} wrong`,
        );
      }
    }
    console.log(
      `${chapter}: ${all.length} disturbed, ${missed.length} of them not reached:\n${missed.join('\n')}`,
    );
    console.log(`${chapter}: ${late.length} of them waited for a reconcile:\n${late.join('\n')}`);
    expect(wrong).toEqual([]);
    const most = process.env.DEATHS_ONLY === undefined ? all.length / 5 : all.length;
    expect(missed.length).toBeLessThanOrEqual(most);
  });
});
