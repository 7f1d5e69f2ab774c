/** What the oracle tests share: how many inputs, which seed, and answers side by side. */

import { type Answer, askPhp, missingLibrary, type Question } from './php-library.ts';

/** Inputs per function; raise it for a long proof: `ORACLE_INPUTS=200000 npx vitest run test/composer-oracle`. */
export const INPUTS = Number(process.env.ORACLE_INPUTS ?? 3000);

/** The same seed gives the same inputs; vary it with `ORACLE_SEED`. */
export const SEED = Number(process.env.ORACLE_SEED ?? 20_260_702);

/** Why the tests cannot run here, said aloud, because a skipped proof is no proof. */
export function skipReason(): string | undefined {
  const reason = missingLibrary();
  if (reason !== undefined) {
    console.warn(
      `\n*** NOT COMPARED WITH COMPOSER'S OWN LIBRARY: ${reason}. Install php-cli and composer. ***\n`,
    );
  }
  return reason;
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
        `${JSON.stringify(question)}: PHP ${JSON.stringify(php)}, here ${JSON.stringify(ours)} (seed ${SEED})`,
    );
}

/** How many of the answers are values, from 0 to 1: a comparison of refusals alone would prove little. */
export function shareOfValues(compared: readonly Compared[]): number {
  return compared.filter(({ php }) => 'value' in php).length / compared.length;
}
