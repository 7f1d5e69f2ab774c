import { describe, expect, it } from 'vitest';
import { type Constraint, isValidConstraint, parseConstraint, type Term } from './constraint.ts';
import { InvalidVersionError } from './version.ts';

// The cases of composer/semver tests/VersionParserTest.php at tag 3.4.4, with constraints as its __toString writes them.
const SIMPLE: readonly [string, string][] = [
  ['*', '*'], ['v*', '>= 0.0.0.0-dev'], ['*.*', '>= 0.0.0.0-dev'], ['v*.*', '>= 0.0.0.0-dev'], ['*.x.*', '>= 0.0.0.0-dev'],
  ['x.X.x.*', '>= 0.0.0.0-dev'], ['<>1.0.0', '!= 1.0.0.0'], ['!=1.0.0', '!= 1.0.0.0'], ['>1.0.0', '> 1.0.0.0'], ['<1.2.3.4', '< 1.2.3.4-dev'],
  ['<=1.2.3', '<= 1.2.3.0'], ['>=1.2.3', '>= 1.2.3.0-dev'], ['=1.2.3', '== 1.2.3.0'], ['==1.2.3', '== 1.2.3.0'], ['1.2.3', '== 1.2.3.0'],
  ['=1.0', '== 1.0.0.0'], ['1.2.3b5', '== 1.2.3.0-beta5'], ['1.2.3a1', '== 1.2.3.0-alpha1'], ['1.2.3p1234', '== 1.2.3.0-patch1234'],
  ['1.2.3pl1234', '== 1.2.3.0-patch1234'], ['>= 1.2.3', '>= 1.2.3.0-dev'], ['< 1.2.3', '< 1.2.3.0-dev'], ['> 1.2.3', '> 1.2.3.0'],
  ['>=dev-master', '>= dev-master'], ['dev-master', '== dev-master'], ['dev-feature-a', '== dev-feature-a'], ['dev-some-fix', '== dev-some-fix'],
  ['dev-CAPS', '== dev-CAPS'], ['dev-master as 1.0.0', '== dev-master'], ['<1.2.3.4-stable', '< 1.2.3.4'], ['>=1.2.3.4-stable', '>= 1.2.3.4'],
]; // biome-ignore format: a dense table

const WILDCARDS: readonly [string, string][] = [
  ['v2.*', '[>= 2.0.0.0-dev < 3.0.0.0-dev]'], ['2.*.*', '[>= 2.0.0.0-dev < 3.0.0.0-dev]'], ['20.*', '[>= 20.0.0.0-dev < 21.0.0.0-dev]'],
  ['20.*.*', '[>= 20.0.0.0-dev < 21.0.0.0-dev]'], ['2.0.*', '[>= 2.0.0.0-dev < 2.1.0.0-dev]'], ['2.x', '[>= 2.0.0.0-dev < 3.0.0.0-dev]'],
  ['2.x.x', '[>= 2.0.0.0-dev < 3.0.0.0-dev]'], ['2.2.x', '[>= 2.2.0.0-dev < 2.3.0.0-dev]'], ['2.10.X', '[>= 2.10.0.0-dev < 2.11.0.0-dev]'],
  ['2.1.3.*', '[>= 2.1.3.0-dev < 2.1.4.0-dev]'], ['0.*', '< 1.0.0.0-dev'], ['0.*.*', '< 1.0.0.0-dev'], ['0.x', '< 1.0.0.0-dev'],
  ['0.x.x', '< 1.0.0.0-dev'],
]; // biome-ignore format: a dense table

const TILDES: readonly [string, string][] = [
  ['~v1', '[>= 1.0.0.0-dev < 2.0.0.0-dev]'], ['~1.0', '[>= 1.0.0.0-dev < 2.0.0.0-dev]'], ['~1.0.0', '[>= 1.0.0.0-dev < 1.1.0.0-dev]'],
  ['~1.2', '[>= 1.2.0.0-dev < 2.0.0.0-dev]'], ['~1.2.3', '[>= 1.2.3.0-dev < 1.3.0.0-dev]'], ['~1.2.3.4', '[>= 1.2.3.4-dev < 1.2.4.0-dev]'],
  ['~1.2-beta', '[>= 1.2.0.0-beta < 2.0.0.0-dev]'], ['~1.2-b2', '[>= 1.2.0.0-beta2 < 2.0.0.0-dev]'],
  ['~1.2-BETA2', '[>= 1.2.0.0-beta2 < 2.0.0.0-dev]'], ['~1.2.2-dev', '[>= 1.2.2.0-dev < 1.3.0.0-dev]'],
  ['~1.2.2-stable', '[>= 1.2.2.0 < 1.3.0.0-dev]'], ['~201903.0', '[>= 201903.0-dev < 201904.0.0.0-dev]'],
  ['~201903.0-beta', '[>= 201903.0-beta < 201904.0.0.0-dev]'], ['~201903.0-stable', '[>= 201903.0 < 201904.0.0.0-dev]'],
  ['~201903.205830.1-stable', '[>= 201903.205830.1 < 201903.205831.0.0-dev]'], ['~2.x-dev', '[>= 2.9999999.9999999.9999999-dev < 3.0.0.0-dev]'],
  ['~2.0.x-dev', '[>= 2.0.9999999.9999999-dev < 2.1.0.0-dev]'], ['~2.0.3.x-dev', '[>= 2.0.3.9999999-dev < 2.0.4.0-dev]'],
  ['~0.x-dev', '[>= 0.9999999.9999999.9999999-dev < 1.0.0.0-dev]'],
]; // biome-ignore format: a dense table

const CARETS: readonly [string, string][] = [
  ['^v1', '[>= 1.0.0.0-dev < 2.0.0.0-dev]'], ['^0', '[>= 0.0.0.0-dev < 1.0.0.0-dev]'], ['^0.0', '[>= 0.0.0.0-dev < 0.1.0.0-dev]'],
  ['^1.2', '[>= 1.2.0.0-dev < 2.0.0.0-dev]'], ['^1.2.3-beta.2', '[>= 1.2.3.0-beta2 < 2.0.0.0-dev]'], ['^1.2.3.4', '[>= 1.2.3.4-dev < 2.0.0.0-dev]'],
  ['^1.2.3', '[>= 1.2.3.0-dev < 2.0.0.0-dev]'], ['^0.2.3', '[>= 0.2.3.0-dev < 0.3.0.0-dev]'], ['^0.2', '[>= 0.2.0.0-dev < 0.3.0.0-dev]'],
  ['^0.2.0', '[>= 0.2.0.0-dev < 0.3.0.0-dev]'], ['^0.0.3', '[>= 0.0.3.0-dev < 0.0.4.0-dev]'], ['^0.0.3-alpha', '[>= 0.0.3.0-alpha < 0.0.4.0-dev]'],
  ['^0.0.3-dev', '[>= 0.0.3.0-dev < 0.0.4.0-dev]'], ['^0.0.3-stable', '[>= 0.0.3.0 < 0.0.4.0-dev]'],
  ['^201903.0', '[>= 201903.0-dev < 201904.0.0.0-dev]'], ['^201903.0-beta', '[>= 201903.0-beta < 201904.0.0.0-dev]'],
  ['^201903.205830.1-stable', '[>= 201903.205830.1 < 201904.0.0.0-dev]'], ['^2.x-dev', '[>= 2.9999999.9999999.9999999-dev < 3.0.0.0-dev]'],
  ['^2.0.*-dev', '[>= 2.0.9999999.9999999-dev < 3.0.0.0-dev]'], ['^2.0.x-dev', '[>= 2.0.9999999.9999999-dev < 3.0.0.0-dev]'],
  ['^2.0.3.x-dev', '[>= 2.0.3.9999999-dev < 3.0.0.0-dev]'], ['^0.x-dev', '[>= 0.9999999.9999999.9999999-dev < 1.0.0.0-dev]'],
]; // biome-ignore format: a dense table

const HYPHENS: readonly [string, string][] = [
  ['v1 - v2', '[>= 1.0.0.0-dev < 3.0.0.0-dev]'], ['1.2.3 - 2.3.4.5', '[>= 1.2.3.0-dev <= 2.3.4.5]'],
  ['1.2-beta - 2.3', '[>= 1.2.0.0-beta < 2.4.0.0-dev]'], ['1.2-beta - 2.3-dev', '[>= 1.2.0.0-beta <= 2.3.0.0-dev]'],
  ['1.2-RC - 2.3.1', '[>= 1.2.0.0-RC <= 2.3.1.0]'], ['1.2.3-alpha - 2.3-RC', '[>= 1.2.3.0-alpha <= 2.3.0.0-RC]'],
  ['1 - 2.0', '[>= 1.0.0.0-dev < 2.1.0.0-dev]'], ['1 - 2.1', '[>= 1.0.0.0-dev < 2.2.0.0-dev]'], ['1.2 - 2.1.0', '[>= 1.2.0.0-dev <= 2.1.0.0]'],
  ['1.3 - 2.1.3', '[>= 1.3.0.0-dev <= 2.1.3.0]'], ['2.0.3.x-dev - 3.0.3.x-dev', '[>= 2.0.3.9999999-dev <= 3.0.3.9999999-dev]'],
  ['2.0.x-dev - 3.0.x-dev', '[>= 2.0.9999999.9999999-dev <= 3.0.9999999.9999999-dev]'],
  ['2.x-dev - 3.x-dev', '[>= 2.9999999.9999999.9999999-dev <= 3.9999999.9999999.9999999-dev]'],
  ['0.x-dev - 1.x-dev', '[>= 0.9999999.9999999.9999999-dev <= 1.9999999.9999999.9999999-dev]'],
]; // biome-ignore format: a dense table

const OTHERS: readonly [string, string][] = [
  ['3.x-dev', '== 3.9999999.9999999.9999999-dev'], ['3-dev', '== 3.0.0.0-dev'], ['dev-3.x', '== dev-3.x'], ['xsd2php-dev', '== dev-xsd2php'],
  ['3.next-dev', '== dev-3.next'], ['foobar-dev', '== dev-foobar'], ['dev-xsd2php', '== dev-xsd2php'], ['dev-3.next', '== dev-3.next'],
  ['dev-foobar', '== dev-foobar'], ['dev-1.0.0-dev<1.0.5-dev', '== dev-1.0.0-dev<1.0.5-dev'], ['dev-1.0.0-dev<1.0.5', '== dev-1.0.0-dev<1.0.5'],
  ['foobar-dev as 2.1.0', '== dev-foobar'], ['foobar-dev as 2.1.0 || 3.5', '[== dev-foobar || == 3.5.0.0]'],
  ['foobar-dev as 2.1.0 || 3.5 as 1.5', '[== dev-foobar || == 3.5.0.0]'], ['2.1.0 - 2.3-dev', '[>= 2.1.0.0-dev <= 2.3.0.0-dev]'],
  ['1.0 - 2.0.x-dev', '[>= 1.0.0.0-dev <= 2.0.9999999.9999999-dev]'], ['^1.', '[>= 1.0.0.0-dev < 2.0.0.0-dev]'],
  ['~1.', '[>= 1.0.0.0-dev < 2.0.0.0-dev]'], ['1.2.', '== 1.2.0.0'], ['1.2..dev', '== 1.2.0.0-dev'], ['1.2-.dev', '== 1.2.0.0-dev'],
  ['1.2_-dev', '== 1.2.0.0-dev'], ['~2.5.9|~2.6,>=2.6.2', '[[>= 2.5.9.0-dev < 2.6.0.0-dev] || [>= 2.6.0.0-dev < 3.0.0.0-dev >= 2.6.2.0-dev]]'],
]; // biome-ignore format: a dense table

const CONJUNCTIONS: readonly [string, string][] = [
  ['>2.0,<=3.0', '[> 2.0.0.0 <= 3.0.0.0]'], ['>2.0 <=3.0', '[> 2.0.0.0 <= 3.0.0.0]'], ['>2.0  <=3.0', '[> 2.0.0.0 <= 3.0.0.0]'],
  ['>2.0, <=3.0', '[> 2.0.0.0 <= 3.0.0.0]'], ['>2.0 ,<=3.0', '[> 2.0.0.0 <= 3.0.0.0]'], ['>2.0 , <=3.0', '[> 2.0.0.0 <= 3.0.0.0]'],
  ['>2.0   , <=3.0', '[> 2.0.0.0 <= 3.0.0.0]'], ['> 2.0   <=  3.0', '[> 2.0.0.0 <= 3.0.0.0]'], ['> 2.0  ,  <=  3.0', '[> 2.0.0.0 <= 3.0.0.0]'],
  ['  > 2.0  ,  <=  3.0 ', '[> 2.0.0.0 <= 3.0.0.0]'],
]; // biome-ignore format: a dense table

const DISJUNCTIONS: readonly [string, string][] = [
  ['>2.0,<2.0.5 | >2.0.6', '[[> 2.0.0.0 < 2.0.5.0-dev] || > 2.0.6.0]'], ['>2.0,<2.0.5 || >2.0.6', '[[> 2.0.0.0 < 2.0.5.0-dev] || > 2.0.6.0]'],
  ['> 2.0 , <2.0.5 | >  2.0.6', '[[> 2.0.0.0 < 2.0.5.0-dev] || > 2.0.6.0]'],
]; // biome-ignore format: a dense table

const NO_CONSTRAINTS: readonly string[] = [
  '', '1.0.0-meh', '>2.0,,<=3.0', '>2.0 ,, <=3.0', '>2.0 ||| <=3.0', ',^1@dev || ^4@dev', ',^1@dev', '|| ^1@dev', '^1@dev ||',
  '^1@dev ,', '^2.0.*', '^2.0.x', '^2.0.x-beta', '^2.*', '^2.x', '^2.x-beta', '^2.1.2.*', '^2.1.2.x', '^2.1.2.x-beta',
  '~2.0.*', '~2.0.x', '~2.0.x-beta', '~2.*', '~2.x', '~2.x-beta', '~2.1.2.*', '~2.1.2.x', '~2.1.2.x-beta', '1.x - 2.*',
  '2.x.x.x-dev - 3.x.x.x-dev', '^1.*-beta-dev', '^1. *-dev', '~1.*-beta-dev', '1.0.0-dev<1.0.5-dev', '*-dev', '^', '^8 || ^', '~',
  '~1 ~',
]; // biome-ignore format: a dense table

const FLAGS: readonly [string, string][] = [
  ['1.0@dev', '== 1.0.0.0'],
  ['>=1.0@beta', '>= 1.0.0.0-beta'],
  ['dev-load-varnish-only-when-used as ^2.0@dev', '== dev-load-varnish-only-when-used'],
  ['dev-load-varnish-only-when-used@dev as ^2.0@dev', '== dev-load-varnish-only-when-used'],
  ['1.0.x-dev#abcd123', '== 1.0.9999999.9999999-dev'],
  ['1.0.x-dev#trunk/@123', '== 1.0.9999999.9999999-dev'],
  ['>2.0@stable,<=3.0@dev', '[> 2.0.0.0 <= 3.0.0.0-dev]'],
  ['>2.0@stable,@dev', '[> 2.0.0.0 *]'],
  ['>2.0@stable || 0@dev', '[> 2.0.0.0 || == 0.0.0.0]'],
  ['>=1.1.0-alpha4,<1.2.x-dev', '[>= 1.1.0.0-alpha4 < 1.2.9999999.9999999-dev]'],
  ['>=1.1.0-alpha4,<1.2-beta2', '[>= 1.1.0.0-alpha4 < 1.2.0.0-beta2]'],
];

function written(constraint: Constraint): string {
  const term = (one: Term) => (one === 'any' ? '*' : `${one.operator} ${one.version}`);
  const joined = (parts: readonly string[], glue: string) =>
    parts.length === 1 ? parts.join('') : `[${parts.join(glue)}]`;
  return joined(
    constraint.map((terms) => joined(terms.map(term), ' ')),
    ' || ',
  );
}

describe('parseConstraint', () => {
  it.each([
    ...SIMPLE,
    ...WILDCARDS,
    ...TILDES,
    ...CARETS,
    ...HYPHENS,
    ...OTHERS,
    ...CONJUNCTIONS,
    ...DISJUNCTIONS,
    ...FLAGS,
  ])('%j means %j', (text, meaning) => {
    // The cases write <> for what its __toString writes as !=.
    expect(written(parseConstraint(text))).toBe(meaning.replace('<>', '!='));
  });

  it('hints at the right operator for `~>`', () => {
    expect(() => parseConstraint('~>1.2')).toThrow(
      'Invalid operator "~>", you probably meant to use the "~" operator',
    );
  });

  it('handles numbers beyond 64 bits as PHP does', () => {
    expect(written(parseConstraint('^9223372036854775807'))).toBe(
      '[>= 9223372036854775807-dev < 9.2233720368548E+18.0.0.0-dev]',
    );
  });
});

describe('isValidConstraint', () => {
  it.each([...NO_CONSTRAINTS, '1.0#abcd123', 'self.version', '1.0 | | 2.0'])('refuses %j', (text) => {
    expect(isValidConstraint(text)).toBe(false);
    expect(() => parseConstraint(text)).toThrow(InvalidVersionError);
  });

  it('accepts what parses', () => {
    expect(isValidConstraint('^1.2 || dev-main')).toBe(true);
  });

  it.each([`1.0${' '.repeat(100_000)}!`, `${'|'.repeat(50_000)}`, `1.0${'\t'.repeat(100_000)}\f2`])(
    'is fast for long texts (%#)',
    (text) => {
      const start = performance.now();
      expect(isValidConstraint(text)).toBe(false);
      expect(performance.now() - start).toBeLessThan(1000);
    },
  );
});
