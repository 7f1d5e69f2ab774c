import { describe, expect, it } from 'vitest';
import { isSpdxExpression } from '../../shared/composer/spdx-license.ts';
import {
  type Comparison,
  compare,
  differing,
  distinct,
  INPUTS,
  isAnswered,
  percent,
  SEEDS,
  shareOf,
  skipReason,
  TIMEOUT,
} from './comparison.ts';
import { hasNewLicense, judgesLicenses, RETRACTED_LICENSE, SPDX_LICENSES } from './known-differences.ts';
import { textOf } from './manifest-inputs.ts';
import { isCurrentLibrary } from './php-library.ts';

const asked = (text: string): Comparison => ({
  question: ['license', text],
  ours: { value: isSpdxExpression(text) },
});

describe.skipIf(skipReason() !== undefined)(
  "licenses, by Composer's own library",
  { timeout: TIMEOUT },
  () => {
    it.each(SEEDS)('the same expressions: seed %i', (seed) => {
      const judges = judgesLicenses();
      const names = [...SPDX_LICENSES];
      const old = names.filter((name) => judges.has(name));
      const texts = distinct(INPUTS, seed, (random) => {
        const [left, right] = [textOf(random, 'license', 3), random.pick(random.oneIn(20) ? names : old)];
        return random
          .pick([left, right, `${left} OR ${right}`, `(${right} AND ${left})`, `${right}+`])
          .toWellFormed();
      });
      const compared = compare(texts.map(asked));
      const isExcused = ({ question }: Comparison) => hasNewLicense(String(question[1]), judges);
      const comparable = compared.filter((one) => !isExcused(one));
      const accepted = shareOf(comparable, ({ php }) => 'value' in php && php.value === true);
      console.info(
        `licenses: ${percent(accepted)} accepted, ${percent(shareOf(compared, isExcused))} excused (seed ${seed})`,
      );
      expect(differing(comparable)).toEqual([]);
      expect(shareOf(compared, isAnswered)).toBe(1);
      expect(comparable.length).toBeGreaterThan(INPUTS * 0.9);
      expect(accepted).toBeGreaterThanOrEqual(0.5);
      expect(accepted).toBeLessThan(0.95);
    });

    it('knows every license that Composer knows', () => {
      const missing = [...judgesLicenses()].filter((name) => !isSpdxExpression(name));
      expect(missing).toEqual(isCurrentLibrary ? [] : [RETRACTED_LICENSE]);
    });

    it('differs in licenses that are newer than the library', () => {
      const judges = judgesLicenses();
      const newer = [...SPDX_LICENSES].filter((name) => hasNewLicense(name, judges));
      expect(newer).toContain('bugroff');
      expect(newer.length).toBeLessThan(isCurrentLibrary ? 20 : 300);
      expect(differing(compare(newer.map(asked)))).not.toEqual([]);
    });
  },
);
