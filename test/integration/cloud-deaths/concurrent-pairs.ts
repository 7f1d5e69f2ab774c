/** Two of everything at once. */
import type { Bench } from './bench.ts';
import type { End } from './outcome.ts';
import type { Chapter } from './world.ts';

/** One thing that happens; what it gives back went wrong. */
export type Doing = (parts: Bench['parts']) => Promise<readonly unknown[] | undefined>;

/** One after another, each to its end. */
export async function inTurn(bench: Bench, chapter: Chapter, doings: readonly Doing[]): Promise<End> {
  await bench.reset(chapter);
  for (const doing of doings) {
    await doing(bench.parts);
    await bench.parts.settle();
  }
  return bench.parts.end(chapter, await bench.parts.settle());
}

/** All at once, every message handed to two workers. */
export async function atOnce(bench: Bench, chapter: Chapter, doings: readonly Doing[]): Promise<End> {
  await bench.reset(chapter);
  const stop = doubleAccess(bench);
  bench.doubleMessages(true);
  try {
    const troubles = await Promise.all(doings.map((doing) => doing(bench.parts)));
    const settled = await bench.parts.settle();
    const leftovers = [...settled.leftovers, ...troubles.flatMap((trouble) => (trouble ?? []).map(String))];
    return await bench.parts.end(chapter, { ...settled, leftovers });
  } finally {
    bench.doubleMessages(false);
    stop();
  }
}

/** The queue of the edge's writer lets one turn run at a time; here another writer begins in the middle of each. */
function doubleAccess({ system: { cloud } }: Bench): () => void {
  let isOther = false;
  cloud.gateway.intercept(({ caller, operation }) => {
    if (operation === 'DescribeKeyValueStore' && caller.endsWith('publish-access') && !isOther) {
      isOther = true;
      const record = { messageId: 'another', body: JSON.stringify({ keys: ['t/none'] }) };
      void cloud
        .invoke('publish-access', { Records: [record] })
        .catch(() => {})
        .finally(() => {
          isOther = false;
        });
    }
    return 'pass';
  });
  return () => cloud.gateway.intercept(undefined);
}
