import { describe, expect, it } from 'vitest';
import { parseConstraint } from '../../shared/composer/constraint.ts';
import {
  InvalidVersionError,
  normalizeBranch,
  normalizeVersion,
  parseNumericAliasPrefix,
  parseStability,
} from '../../shared/composer/version.ts';
import { compareVersions, versionIdentity } from '../../shared/composer/version-compare.ts';
import {
  type Compared,
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
import { hasNewCalver, isNewCalver } from './known-differences.ts';
import { type Answer, isCurrentLibrary } from './php-library.ts';
import type { Random } from './random.ts';
import { aliasName, branchName, constraint, tagName, unfinishedName } from './version-inputs.ts';

interface Case {
  readonly name: string;
  readonly input: (random: Random) => string;
  readonly ours: (text: string) => unknown;
  /** Whether PHP took the text for what the function is there for. */
  readonly isAccepted: (one: Compared) => boolean;
  readonly isExcused?: (text: string) => boolean;
}

const CASES: readonly Case[] = [
  {
    name: 'normalize',
    input: tagName,
    ours: (text) => normalizeVersion(text),
    isAccepted: isAnswered,
    isExcused: isNewCalver,
  },
  {
    name: 'normalizeBranch',
    input: branchName,
    ours: normalizeBranch,
    isAccepted: ({ php }) => 'value' in php && !String(php.value).startsWith('dev-'),
  },
  {
    name: 'parseNumericAliasPrefix',
    input: aliasName,
    ours: parseNumericAliasPrefix,
    isAccepted: ({ php }) => 'value' in php && php.value !== false,
  },
  {
    name: 'parseStability',
    input: unfinishedName,
    ours: parseStability,
    isAccepted: ({ php }) => 'value' in php && php.value !== 'stable',
  },
  {
    name: 'parseConstraints',
    input: constraint,
    ours: (text) => void parseConstraint(text),
    isAccepted: isAnswered,
    isExcused: hasNewCalver,
  },
];

function answer(value: () => unknown): Answer {
  try {
    return { value: value() };
  } catch (error) {
    if (error instanceof InvalidVersionError) return { error: error.message };
    throw error;
  }
}

/** Half of a surrogate pair cannot be passed on to PHP, nor pushed to a forge. */
function texts(seed: number, input: (random: Random) => string): string[] {
  return distinct(INPUTS, seed, (random) => input(random).toWellFormed());
}

const text = ({ question }: Comparison) => String(question[1]);

describe.skipIf(skipReason() !== undefined)(
  "versions, by Composer's own library",
  { timeout: TIMEOUT },
  () => {
    describe.each(SEEDS)('seed %i', (seed) => {
      it.each(CASES)('$name', ({ name, input, ours, isAccepted, isExcused = () => false }) => {
        const compared = compare(
          texts(seed, input).map((one) => ({ question: [name, one], ours: answer(() => ours(one)) })),
        );
        // Only whether it is one is asked.
        const comparable =
          name === 'parseConstraints'
            ? compared.map((one) => (isAnswered(one) ? { ...one, php: { value: undefined } } : one))
            : compared;
        const [accepted, excused] = [
          shareOf(compared, isAccepted),
          shareOf(compared, (one) => isExcused(text(one))),
        ];
        console.info(`${name}: ${percent(accepted)} accepted, ${percent(excused)} excused (seed ${seed})`);
        expect(differing(comparable.filter((one) => !isExcused(text(one))))).toEqual([]);
        expect(compared).toHaveLength(INPUTS);
        expect(accepted).toBeGreaterThanOrEqual(0.5);
        expect(accepted).toBeLessThan(0.9);
        expect(excused).toBeLessThan(0.02);
      });

      it('orders versions and tells them apart as version_compare does', () => {
        const versions = texts(seed, tagName).flatMap((one) => {
          const version = answer(() => normalizeVersion(one));
          // PHP compares bytes up to the first NUL.
          const isPlain = 'value' in version && /^[\x20-\x7E]*$/.test(String(version.value));
          return isPlain ? [String(version.value)] : [];
        });
        const compared = compare(
          versions.map((version, index) => {
            const other = versions[index - 1] ?? version;
            return {
              question: ['versionCompare', version, other],
              ours: { value: compareVersions(version, other) },
            };
          }),
        );
        expect(differing(compared)).toEqual([]);
        expect(compared.length).toBeGreaterThan(INPUTS / 2);
        const isTag = (version: unknown) => !String(version).startsWith('dev-');
        const wrong = compared.filter(({ question: [, a, b], php }) => {
          if (!isTag(a) || !isTag(b) || !('value' in php)) return false;
          return (php.value === 0) !== (versionIdentity(String(a)) === versionIdentity(String(b)));
        });
        expect(wrong.map(({ question }) => question)).toEqual([]);
      });
    });

    it.skipIf(isCurrentLibrary)(
      'differs in CalVer with a date for the major number, in constraints too',
      () => {
        const version = '20240102.1.0';
        const compared = compare([
          { question: ['normalize', version], ours: answer(() => normalizeVersion(version)) },
          { question: ['parseConstraints', version], ours: answer(() => void parseConstraint(version)) },
        ]);
        expect([isNewCalver(version), hasNewCalver(`>=1 || ${version}`)]).toEqual([true, true]);
        expect(compared.map(({ php }) => 'error' in php)).toEqual([true, true]);
        expect(compared.map(({ ours }) => 'value' in ours)).toEqual([true, true]);
      },
    );
  },
);
