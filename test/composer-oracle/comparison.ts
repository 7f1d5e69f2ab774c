/** What the oracle tests share: how many inputs, which seeds, and answers side by side. */

import { extent } from '../support/long.ts';
import { type Answer, askPhp, isCurrentLibrary, missingLibrary, type Question } from './php-library.ts';
import { createRandom, type Random } from './random.ts';

/** Inputs of each function in one round, no two alike. */
export const INPUTS = extent({ short: 1_000, long: 20_000 });

/** For the tests that ask them all, in milliseconds: some seconds on a free machine. */
export const TIMEOUT = 180_000;

/**
 * The seed of each round; the same seed gives the same inputs. `ORACLE_SEED` sets the first, `ORACLE_ROUNDS` how many. A long run
 * looks at other inputs each time.
 */
export const SEEDS: readonly number[] = Array.from(
  { length: Number(process.env.ORACLE_ROUNDS ?? extent({ short: 1, long: 10 })) },
  (_, round) =>
    Number(process.env.ORACLE_SEED ?? extent({ short: 20_260_702, long: Math.floor(Date.now() / 1000) })) +
    round,
);

/**
 * Why the tests cannot run here, said aloud, because a skipped proof is no proof; undefined if they can.
 * @throws where nothing may be skipped, which is where the variable `CI` is set.
 */
export function skipReason(
  missing = missingLibrary(),
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  if (missing === undefined) {
    console.info(
      `Compared with Composer ${isCurrentLibrary ? '2.10.2' : '2.5.5'}: ${INPUTS} inputs per function from each seed: ${SEEDS.join(', ')}`,
    );
    return undefined;
  }
  const { CI = '' } = environment;
  const message = `NOT COMPARED WITH COMPOSER'S OWN LIBRARY: ${missing}. Install php-cli and composer.`;
  if (CI !== '' && CI !== 'false') throw new Error(message);
  const line = '*'.repeat(message.length + 4);
  console.warn(`\n${line}\n* ${message} *\n${line}\n`);
  return missing;
}

/** So many inputs, no two of them alike. */
export function distinct<Input>(count: number, seed: number, generate: (random: Random) => Input): Input[] {
  const random = createRandom(seed);
  const found = new Map<string, Input>();
  for (let tries = 0; found.size < count; tries += 1) {
    if (tries > count * 20) throw new Error(`The generator gives only ${found.size} different inputs.`);
    const input = generate(random);
    const key = typeof input === 'string' ? input : JSON.stringify(input);
    if (!found.has(key)) found.set(key, input);
  }
  return [...found.values()];
}

/** A question to PHP and what this project answers. */
export interface Comparison {
  readonly question: Question;
  readonly ours: Answer;
}

export type Compared = Comparison & { readonly php: Answer };

/** PHP's answers beside ours, from one process. */
export function compare(comparisons: readonly Comparison[]): Compared[] {
  const answers = askPhp(comparisons.map(({ question }) => question));
  return comparisons.map((comparison, index) => {
    const php = answers[index];
    if (php === undefined) throw new Error('PHP answered fewer questions than it was asked.');
    return { ...comparison, php };
  });
}

/** The first few that differ, as lines to read in a failure. */
export function differing(compared: readonly Compared[]): string[] {
  return compared
    .filter(({ php, ours }) => JSON.stringify(php) !== JSON.stringify(ours))
    .slice(0, 10)
    .map(
      ({ question, php, ours }) =>
        `${JSON.stringify(question)}: PHP ${JSON.stringify(php)}, here ${JSON.stringify(ours)}`,
    );
}

/** How many of the items are so, from 0 to 1. */
export function shareOf<Item>(items: readonly Item[], isSo: (item: Item) => boolean): number {
  return items.filter(isSo).length / items.length;
}

/** Whether PHP had a value for an answer: a comparison of refusals alone would prove little. */
export function isAnswered({ php }: Compared): boolean {
  return 'value' in php;
}

/** A share for people. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
