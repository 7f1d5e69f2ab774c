/** One manifest judged by Composer's loader and by this project. */

import { z } from 'zod';
import { judgeManifest } from '../../shared/composer/manifest.ts';
import {
  asOldLibrary,
  asSameWords,
  hasUndocumentedTime,
  isAboutWhatStays,
  withoutNewKeys,
} from './known-differences.ts';
import type { Manifest } from './manifest-inputs.ts';
import { asPhp } from './metadata-inputs.ts';
import type { Answer } from './php-library.ts';

const Judged = z.object({
  errors: z.array(z.string()),
  warnings: z.array(z.string()),
  config: z.record(z.string(), z.unknown()).optional(),
});

/** What Composer said: `gave up` is a TypeError of the library itself, or of the one behind it. */
type Verdict = 'good' | 'warned' | 'refused' | 'gave up';

export interface ComparedJudgement {
  readonly verdict: Verdict;
  /** Where the two differ, as lines to read in a failure. */
  readonly differences: readonly string[];
}

/** Our judgement, with what is left out as Composer warns of it. */
export function judgement(input: Manifest) {
  const { errors, leftOut, manifest } = judgeManifest(input);
  return { errors, warnings: leftOut.map(({ path, problem }) => `${path} : ${problem}`), manifest };
}

/** Errors, warnings and the manifest that is left, side by side. Where PHP gives up, nothing may be published here either. */
export function compareJudgements(input: Manifest, php: Answer): ComparedJudgement {
  const ours = judgement(input);
  if (!('value' in php)) {
    const differences = ours.errors.length === 0 ? [line('only PHP gave up', input, php, ours.warnings)] : [];
    return { verdict: 'gave up', differences };
  }
  const theirs = Judged.parse(php.value);
  const old = asOldLibrary(ours);
  const isTimeIgnored = hasUndocumentedTime(input);
  const differences: string[] = [];
  const expectSame = (what: string, left: unknown, right: unknown) => {
    if (JSON.stringify(left) !== JSON.stringify(right)) differences.push(line(what, input, left, right));
  };
  const isComparable = (message: string) => !(isTimeIgnored && message.startsWith('time : '));
  expectSame('errors', asSameWords(theirs.errors.filter(isComparable)), asSameWords(old.errors));
  if (theirs.errors.length > 0) return { verdict: 'refused', differences };

  const unsetting = theirs.warnings.filter((warning) => !isAboutWhatStays(warning));
  expectSame('left out', asSameWords(unsetting), asSameWords(old.warnings));
  if (ours.errors.length === 0) {
    const [left, mine] = [theirs.config ?? {}, ours.manifest].map(({ time, ...one }) =>
      asPhp(withoutNewKeys(isTimeIgnored ? one : { ...one, time })),
    );
    expectSame('manifest', left, mine);
  }
  return { verdict: theirs.warnings.length > 0 ? 'warned' : 'good', differences };
}

function line(what: string, input: Manifest, theirs: unknown, mine: unknown): string {
  return `${what}: ${JSON.stringify(input)} PHP ${JSON.stringify(theirs)}, here ${JSON.stringify(mine)}`;
}
