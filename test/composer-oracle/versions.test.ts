import { beforeAll, describe, expect, it } from 'vitest';
import { parseConstraint } from '../../shared/composer/constraint.ts';
import { matchesNothing } from '../../shared/composer/constraint-intervals.ts';
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
  INPUTS,
  SEED,
  shareOfValues,
  skipReason,
} from './comparison.ts';
import { hasNewCalver, isNewCalver } from './known-differences.ts';
import { type Answer, isCurrentLibrary } from './php-library.ts';
import { createRandom } from './random.ts';
import { constraint, refName } from './version-inputs.ts';

function answer(value: () => unknown): Answer {
  try {
    return { value: value() };
  } catch (error) {
    if (error instanceof InvalidVersionError) return { error: error.message };
    throw error;
  }
}

function comparisons(): Comparison[] {
  const random = createRandom(SEED);
  // Half of a surrogate pair cannot be passed on to PHP, nor pushed to a forge.
  const names = Array.from({ length: INPUTS }, () => refName(random).toWellFormed());
  const constraints = Array.from({ length: INPUTS }, () => constraint(random).toWellFormed());
  const normalized = names.flatMap((name) => {
    const version = answer(() => normalizeVersion(name));
    return 'value' in version && typeof version.value === 'string' && isPlain(version.value)
      ? [version.value]
      : [];
  });
  return [
    ...names.flatMap((name): Comparison[] => [
      { question: ['normalize', name], ours: answer(() => normalizeVersion(name)) },
      { question: ['normalizeBranch', name], ours: answer(() => normalizeBranch(name)) },
      { question: ['parseNumericAliasPrefix', name], ours: answer(() => parseNumericAliasPrefix(name)) },
      { question: ['parseStability', name], ours: answer(() => parseStability(name)) },
    ]),
    ...constraints.flatMap((text): Comparison[] => [
      { question: ['parseConstraints', text], ours: answer(() => void parseConstraint(text)) },
      { question: ['matchesNothing', text], ours: answer(() => matchesNothing(parseConstraint(text))) },
    ]),
    ...normalized.flatMap((version, index): Comparison[] => {
      const other = normalized[index - 1] ?? version;
      return [
        { question: ['versionCompare', version, other], ours: { value: compareVersions(version, other) } },
      ];
    }),
  ];
}

/** PHP compares bytes up to the first NUL. */
function isPlain(version: string): boolean {
  return /^[\x20-\x7E]*$/.test(version);
}

describe.skipIf(skipReason() !== undefined)("versions, by Composer's own library", () => {
  let compared: Compared[] = [];
  beforeAll(() => {
    compared = compare(comparisons());
  });
  const of = (name: string) => compared.filter(({ question }) => question[0] === name);
  const text = ({ question }: Comparison) => String(question[1]);

  it('normalizes alike', () => {
    expect(differing(of('normalize').filter((one) => !isNewCalver(text(one))))).toEqual([]);
    expect(shareOfValues(of('normalize'))).toBeGreaterThan(0.2);
  });

  it.each(['normalizeBranch', 'parseNumericAliasPrefix', 'parseStability', 'versionCompare'])(
    '%s',
    (name) => {
      expect(differing(of(name))).toEqual([]);
      expect(of(name).length).toBeGreaterThan(INPUTS / 5);
    },
  );

  it('takes the same texts for constraints, and refuses others in the same words', () => {
    const verdicts = of('parseConstraints').map(
      (one): Compared => ({
        ...one,
        php: 'value' in one.php ? { value: undefined } : one.php,
      }),
    );
    expect(differing(verdicts.filter((one) => !hasNewCalver(text(one))))).toEqual([]);
    expect(shareOfValues(of('parseConstraints'))).toBeGreaterThan(0.2);
  });

  it('finds the same constraints impossible', () => {
    expect(differing(of('matchesNothing').filter((one) => !hasNewCalver(text(one))))).toEqual([]);
    const impossible = of('matchesNothing').filter(({ php }) => 'value' in php && php.value === true);
    expect(impossible.length).toBeGreaterThan(INPUTS / 100);
  });

  it('tells versions apart as version_compare does', () => {
    const isTag = (version: unknown) => !String(version).startsWith('dev-');
    const pairs = of('versionCompare').filter(({ question: [, a, b] }) => isTag(a) && isTag(b));
    const wrong = pairs.filter(({ question: [, a, b], php }) => {
      const isSame = versionIdentity(String(a)) === versionIdentity(String(b));
      return 'value' in php && (php.value === 0) !== isSame;
    });
    expect(wrong.map(({ question }) => question)).toEqual([]);
  });

  it.skipIf(isCurrentLibrary)('differs in CalVer with a date for the major number', () => {
    const [dated] = compare([
      { question: ['normalize', '20240102.1.0'], ours: answer(() => normalizeVersion('20240102.1.0')) },
    ]);
    expect(isNewCalver('20240102.1.0')).toBe(true);
    expect(dated?.php).toEqual({ error: 'Invalid version string "20240102.1.0"' });
    expect(dated?.ours).toEqual({ value: '20240102.1.0' });
  });
});
