/** Lives in which one call goes wrong. */
import type { Bench } from './bench.ts';
import { type CallName, type Manner, manners, watchCalls } from './calls.ts';
import { problemsOf } from './compare.ts';
import type { Chapter } from './world.ts';

export interface Disturbance {
  readonly chapter: Chapter;
  readonly call: CallName;
  readonly manner: Manner;
}

export interface Outcome {
  /** Whether the call came at all: calls at the same time come in another order each time. */
  readonly reached: boolean;
  /** Whether a read of the forge was given up: then the next reconcile goes on, and the end is the one after it. */
  readonly gaveUp: boolean;
  /** What is not as in an undisturbed life. */
  readonly problems: readonly string[];
}

export const inWords = ({ chapter, call, manner }: Disturbance): string => `${chapter}: ${manner} · ${call}`;

/** Every call of the chapter in every manner. */
export const disturbancesOf = (chapter: Chapter, calls: Iterable<CallName>): Disturbance[] =>
  [...calls].flatMap((call) => manners.map((manner) => ({ chapter, call, manner })));

/** Calls that functions make once, when they are new: for the secrets, the forge's tokens, and an organization's slug. */
const onlyCold = /secretsmanager|access_tokens|publish-\w+ dynamodb GetItem ORG ORG/;

/** Lives the chapter with the call going wrong. */
export async function disturb(bench: Bench, disturbance: Disturbance): Promise<Outcome> {
  const { chapter, call } = disturbance;
  await bench.reset(chapter, { cold: onlyCold.test(call) });
  const watch = watchCalls(bench.system, disturbance);
  const end = await bench.live(chapter).finally(watch.stop);
  const reached = watch.struck();
  const gaveUp = await bench.parts.gaveUp();
  const ended = gaveUp ? await bench.reconcileAfter(chapter) : end;
  const undisturbed = bench.undisturbed.get(chapter);
  const numbersLost = end.lastPackageNumber - (undisturbed?.lastPackageNumber ?? 0);
  const expected =
    gaveUp || numbersLost > 0
      ? await bench.reference(chapter, { numbersLost, reconciled: gaveUp })
      : undisturbed;
  return { reached, gaveUp, problems: problemsOf(expected, ended) };
}
