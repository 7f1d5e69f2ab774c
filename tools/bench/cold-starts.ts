/** What starting a function costs, on a system that has nothing else to do. */
import type { Cloud } from '../../local/cloud/cloud.ts';
import type { Recorder } from './recorder.ts';

export interface StartTimes {
  readonly name: string;
  /** Milliseconds from the worker's start until the code is loaded. */
  readonly loadMs: number;
  /** The same with the first invocation. */
  readonly coldMs: number;
  /** The same invocation once more, in the environment that is there. */
  readonly warmMs: number;
}

/**
 * Sends each function the last event that it got and did well with, in a new environment and then once more. What was done is done
 * again or found to be done already (the organization is connected, the token is issued anew), so a warm call does the least that
 * the function can have to do.
 */
export async function measureStarts(cloud: Cloud, recorder: Recorder, rounds: number): Promise<StartTimes[]> {
  const payloads = recorder.functions().flatMap(({ name, invocations }) => {
    const last = invocations.findLast(({ outcome }) => outcome === 'result');
    return last === undefined ? [] : [{ name, payload: JSON.parse(last.payload) as unknown }];
  });
  const times: StartTimes[] = [];
  for (const { name, payload } of payloads) {
    const samples: Omit<StartTimes, 'name'>[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await cloud.coolDown();
      const loadsBefore = loadsOf(recorder, name).length;
      const coldMs = await timed(() => cloud.invoke(name, payload));
      const warmMs = await timed(() => cloud.invoke(name, payload));
      const loadMs = loadsOf(recorder, name)[loadsBefore] ?? 0;
      samples.push({ loadMs, coldMs, warmMs });
    }
    const of = (key: 'loadMs' | 'coldMs' | 'warmMs') => median(samples.map((sample) => sample[key]));
    times.push({ name, loadMs: of('loadMs'), coldMs: of('coldMs'), warmMs: of('warmMs') });
  }
  return times;
}

/** The middle one; of an even number the lower of both. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
}

function loadsOf(recorder: Recorder, name: string): readonly number[] {
  return recorder.functions().find((one) => one.name === name)?.loads ?? [];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
