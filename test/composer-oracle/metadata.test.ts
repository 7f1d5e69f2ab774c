import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expand, minify } from '../../shared/composer/metadata-minifier.ts';
import {
  type Compared,
  type Comparison,
  compare,
  differing,
  distinct,
  INPUTS,
  percent,
  SEEDS,
  shareOf,
  skipReason,
  TIMEOUT,
} from './comparison.ts';
import { hasNull } from './known-differences.ts';
import { Manifest, wellFormed } from './manifest-inputs.ts';
import { asPhp, differenceList, versionList } from './metadata-inputs.ts';
import { isCurrentLibrary } from './php-library.ts';
import type { Random } from './random.ts';

const List = z.array(Manifest);

function asPhpAnswers(one: Compared): Compared {
  const [php, ours] = [one.php, one.ours].map((answer) =>
    'value' in answer ? { value: asPhp(answer.value) } : answer,
  );
  return php === undefined || ours === undefined ? one : { ...one, php, ours };
}

function lists(count: number, seed: number, generate: (random: Random) => Manifest[]): Manifest[][] {
  return distinct(count, seed, (random) => wellFormed(generate(random), List));
}

const length = (value: unknown) => JSON.stringify(value).length;

/** How PHP's answer compares in length with what it was asked: a minified list should be shorter, an expanded one longer. */
function isOfOtherLength({ question, php }: Compared, sign: 1 | -1): boolean {
  return 'value' in php && Math.sign(length(php.value) - length(question[1])) === sign;
}

describe.skipIf(skipReason() !== undefined)(
  "metadata, by Composer's own library",
  { timeout: TIMEOUT },
  () => {
    describe.each(SEEDS)('seed %i', (seed) => {
      it('minify', () => {
        const compared = compare(
          lists(INPUTS, seed, versionList).map(
            (list): Comparison => ({ question: ['minify', list], ours: { value: minify(list) } }),
          ),
        );
        const isExcused = ({ question }: Compared) => hasNull(List.parse(question[1]));
        const [accepted, excused] = [
          shareOf(compared, (one) => isOfOtherLength(one, -1)),
          shareOf(compared, isExcused),
        ];
        console.info(`minify: ${percent(accepted)} get shorter, ${percent(excused)} excused (seed ${seed})`);
        expect(differing(compared.filter((one) => !isExcused(one)).map(asPhpAnswers))).toEqual([]);
        expect(accepted).toBeGreaterThanOrEqual(0.5);
        expect(excused).toBeLessThan(0.05);
      });

      it('expand', () => {
        const minified = lists(INPUTS / 2, seed, versionList).map((list) => minify(list));
        const odd = lists(INPUTS / 2, seed, differenceList);
        const compared = compare(
          [...minified, ...odd].map(
            (list): Comparison => ({ question: ['expand', list], ours: { value: expand(list) } }),
          ),
        );
        const accepted = shareOf(compared, (one) => isOfOtherLength(one, 1));
        console.info(`expand: ${percent(accepted)} get longer (seed ${seed})`);
        expect(differing(compared.map(asPhpAnswers))).toEqual([]);
        expect(accepted).toBeGreaterThanOrEqual(0.5);
      });
    });

    it.skipIf(isCurrentLibrary)('differs in nulls in minified lists', () => {
      const list = [{ a: null }, { a: null }];
      expect(hasNull(list)).toBe(true);
      const [one] = compare([{ question: ['minify', list], ours: { value: minify(list) } }]);
      expect(one?.php).not.toEqual(one?.ours);
    });
  },
);
