import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  InvalidVersionError,
  normalizeBranch,
  normalizeVersion,
  parseNumericAliasPrefix,
  parseStability,
  type Stability,
} from './version.ts';

// The cases of composer/semver tests/VersionParserTest.php at tag 3.4.4.
const NORMALIZED: readonly [string, string][] = [
  ['1.0.0', '1.0.0.0'], ['1.2.3.4', '1.2.3.4'], ['1.0.0RC1dev', '1.0.0.0-RC1-dev'], ['1.0.0-rC15-dev', '1.0.0.0-RC15-dev'],
  ['1.0.0.RC.15-dev', '1.0.0.0-RC15-dev'], ['1.0.0-rc1', '1.0.0.0-RC1'], ['1.0.0.pl3-dev', '1.0.0.0-patch3-dev'], ['1.0-dev', '1.0.0.0-dev'],
  ['0', '0.0.0.0'], ['99999', '99999.0.0.0'], ['10.4.13-beta', '10.4.13.0-beta'], ['10.4.13beta2', '10.4.13.0-beta2'],
  ['10.4.13beta.2', '10.4.13.0-beta2'], ['v1.13.11-beta.0', '1.13.11.0-beta0'], ['1.13.11.0-beta0', '1.13.11.0-beta0'],
  ['10.4.13-b', '10.4.13.0-beta'], ['10.4.13-b5', '10.4.13.0-beta5'], ['v1.0.0', '1.0.0.0'], ['2010.01', '2010.01.0.0'],
  ['2010.01.02', '2010.01.02.0'], ['2010.1.555', '2010.1.555.0'], ['2010.10.200', '2010.10.200.0'], ['20230131.0.0', '20230131.0.0'],
  ['202301310000.0.0', '202301310000.0.0'], ['v20100102', '20100102'], ['20100102', '20100102'], ['20100102.0', '20100102.0'],
  ['20100102.1.0', '20100102.1.0'], ['20100102.0.3', '20100102.0.3'], ['100000', '100000'], ['2010-01-02-10-20-30.0.3', '2010.01.02.10.20.30.0.3'],
  ['2010-01-02-10-20-30.5', '2010.01.02.10.20.30.5'], ['2010-01-02', '2010.01.02'], ['2012.06.07', '2012.06.07.0'], ['2010-01-02.5', '2010.01.02.5'],
  ['2010.1.555', '2010.1.555.0'], ['20100102-203040', '20100102.203040'], ['20100102.x-dev', '20100102.9999999.9999999.9999999-dev'],
  ['20100102.203040.x-dev', '20100102.203040.9999999.9999999-dev'], ['20100102203040-10', '20100102203040.10'],
  ['20100102-203040-p1', '20100102.203040-patch1'], ['201903.0', '201903.0'], ['201903.x-dev', '201903.9999999.9999999.9999999-dev'],
  ['201903.0-p2', '201903.0-patch2'], ['dev-master', 'dev-master'], ['master', 'dev-master'], ['dev-trunk', 'dev-trunk'],
  ['1.x-dev', '1.9999999.9999999.9999999-dev'], ['dev-feature-foo', 'dev-feature-foo'], ['DEV-FOOBAR', 'dev-FOOBAR'],
  ['dev-feature/foo', 'dev-feature/foo'], ['dev-feature+issue-1', 'dev-feature+issue-1'], ['dev-master as 1.0.0', 'dev-master'],
  ['dev-load-varnish-only-when-used as ^2.0', 'dev-load-varnish-only-when-used'],
  ['dev-load-varnish-only-when-used@dev as ^2.0@dev', 'dev-load-varnish-only-when-used'], ['1.0.0+foo@dev', '1.0.0.0'],
  ['dev-load-varnish-only-when-used@stable', 'dev-load-varnish-only-when-used'], ['1.0.0-beta.5+foo', '1.0.0.0-beta5'], ['1.0.0+foo', '1.0.0.0'],
  ['1.0.0-alpha.3.1+foo', '1.0.0.0-alpha3.1'], ['1.0.0-alpha2.1+foo', '1.0.0.0-alpha2.1'], ['1.0.0-alpha-2.1-3+foo', '1.0.0.0-alpha2.1-3'],
  ['1.0.0+foo as 2.0', '1.0.0.0'], ['00.01.03.04', '00.01.03.04'], ['000.001.003.004', '000.001.003.004'], ['0.000.103.204', '0.000.103.204'],
  ['0700', '0700.0.0.0'], ['041.x-dev', '041.9999999.9999999.9999999-dev'], ['dev-041.003', 'dev-041.003'],
  ['dev-1.0.0-dev<1.0.5-dev', 'dev-1.0.0-dev<1.0.5-dev'], ['dev-foo bar', 'dev-foo bar'], [' 1.0.0', '1.0.0.0'], ['1.0.0 ', '1.0.0.0'],
]; // biome-ignore format: a dense table

const NO_VERSIONS: readonly string[] = [
  '', 'a', '1.0.0-meh', '1.0.0.0.0', 'feature-foo', '1.0.0+foo bar', '1.0.1-SNAPSHOT', '1.0.0<1.0.5-dev', '1.0.0-dev<1.0.5-dev',
  'foo bar-dev', '1.0 .2', ' as ', ' as 1.2', '^', '^8 || ^', '~', '~1 ~', '~1', '^1', '1.*', '20100102.0.3.4',
  '100000.0.0.0', '2023013.0.0', '202301311.0.0', '20230131000.0.0', '2023013100000.0.0',
]; // biome-ignore format: a dense table

const BAD_ALIASES: readonly string[] = [
  '1.0.0+foo as ^2.0', '1.0.0+foo as  ~2.0', '1.0.0+foo  as >2.0', '1.0.0+foo as <2.0', '1.0.0+foo@dev as <2.0@dev',
]; // biome-ignore format: a dense table

const BAD_SOURCES: readonly string[] = [
  '^2.0 as 1.0.0+foo', '~2.0 as  1.0.0+foo', '>2.0  as 1.0.0+foo', '<2.0 as 1.0.0+foo', '<2.0@dev as 1.2.3@dev',
]; // biome-ignore format: a dense table

const BRANCHES: readonly [string, string][] = [
  ['v1.x', '1.9999999.9999999.9999999-dev'], ['v1.*', '1.9999999.9999999.9999999-dev'], ['v1.0', '1.0.9999999.9999999-dev'],
  ['2.0', '2.0.9999999.9999999-dev'], ['v1.0.x', '1.0.9999999.9999999-dev'], ['v1.0.3.*', '1.0.3.9999999-dev'], ['v2.4.0', '2.4.0.9999999-dev'],
  ['2.4.4', '2.4.4.9999999-dev'], ['master', 'dev-master'], ['trunk', 'dev-trunk'], ['feature-a', 'dev-feature-a'], ['FOOBAR', 'dev-FOOBAR'],
  ['feature+issue-1', 'dev-feature+issue-1'],
]; // biome-ignore format: a dense table

const PREFIXES: readonly [string, string | false][] = [
  ['0.x-dev', '0.'], ['1.0.x-dev', '1.0.'], ['1.x-dev', '1.'], ['1.2.x-dev', '1.2.'], ['1.2-dev', '1.2.'], ['1-dev', '1.'], ['dev-develop', false],
  ['dev-master', false],
]; // biome-ignore format: a dense table

const STABILITIES: readonly [Stability, string][] = [
  ['stable', '1'], ['stable', '1.0'], ['stable', '3.2.1'], ['stable', 'v3.2.1'], ['dev', 'v2.0.x-dev'], ['dev', 'v2.0.x-dev#abc123'],
  ['dev', 'v2.0.x-dev#trunk/@123'], ['RC', '3.0-RC2'], ['dev', 'dev-master'], ['dev', '3.1.2-dev'], ['dev', 'dev-feature+issue-1'],
  ['stable', '3.1.2-p1'], ['stable', '3.1.2-pl2'], ['stable', '3.1.2-patch'], ['alpha', '3.1.2-alpha5'], ['beta', '3.1.2-beta'], ['beta', '2.0B1'],
  ['alpha', '1.2.0a1'], ['alpha', '1.2_a1'], ['RC', '2.0.0rc1'], ['alpha', '1.0.0-alpha11+cs-1.1.0'], ['dev', '1-2_dev'],
]; // biome-ignore format: a dense table

describe('normalizeVersion', () => {
  it.each(NORMALIZED)('%j is %j', (version, normalized) => {
    expect(normalizeVersion(version)).toBe(normalized);
  });

  it.each(NO_VERSIONS)('%j is no version', (version) => {
    expect(() => normalizeVersion(version)).toThrow(InvalidVersionError);
  });

  it.each(BAD_ALIASES)('says that the alias of %j must be exact', (text) => {
    const [, source = '', alias = ''] = /^(\S+) +as +(\S+)$/.exec(text) ?? [];
    expect(normalizeVersion(source, text)).toBe('1.0.0.0');
    expect(() => normalizeVersion(alias, text)).toThrow(
      `Invalid version string "${alias}" in "${text}", the alias must be an exact version`,
    );
  });

  it.each(BAD_SOURCES)('says that the source of %j must be exact', (text) => {
    const [, source = ''] = /^(\S+) +as +(\S+)$/.exec(text) ?? [];
    expect(() => normalizeVersion(source, text)).toThrow(
      `Invalid version string "${source}" in "${text}", the alias source must be an exact version, if it is a branch name`,
    );
  });

  // What JavaScript's own functions would get wrong; each result was checked with PHP.
  it.each([
    ['1.0-STABLE', '1.0.0.0-stable'],
    ['1.0\n@dev', '1.0.0.0'],
    ['\v1.0\0', '1.0.0.0'],
  ])('%j is %j', (version, normalized) => {
    expect(normalizeVersion(version)).toBe(normalized);
  });

  it.each(['1.0\f', '\u00a01.0', '1.0.0-ſtable', '1.\u0660'])('%j is no version', (version) => {
    expect(() => normalizeVersion(version)).toThrow(InvalidVersionError);
  });

  it('does not change normalized versions', () => {
    const numbers = fc.array(fc.nat(9999), { minLength: 4, maxLength: 4 }).map((parts) => parts.join('.'));
    const suffix = fc.constantFrom('', '-beta', '-RC2', '-alpha1.2', '-patch3', '-dev', '-beta1-dev');
    fc.assert(
      fc.property(numbers, suffix, (version, modifier) => {
        expect(normalizeVersion(version + modifier)).toBe(version + modifier);
      }),
    );
  });

  it.each([
    `1.0.0-beta${'1'.repeat(50_000)}!`,
    `${'1.'.repeat(50_000)}x`,
    'd'.repeat(50_000),
    ` as${' '.repeat(50_000)}as x`,
    '-de'.repeat(30_000),
  ])('is fast for long texts (%#)', (text) => {
    const start = performance.now();
    expect(() => normalizeVersion(text)).toThrow(InvalidVersionError);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('normalizeBranch', () => {
  it.each(BRANCHES)('%j is %j', (name, normalized) => {
    expect(normalizeBranch(name)).toBe(normalized);
  });
});

describe('parseNumericAliasPrefix', () => {
  it.each(PREFIXES)('%j has %j', (branch, prefix) => {
    expect(parseNumericAliasPrefix(branch)).toBe(prefix);
  });
});

describe('parseStability', () => {
  it.each(STABILITIES)('%s: %j', (stability, version) => {
    expect(parseStability(version)).toBe(stability);
  });
});
