import { describe, expect, it } from 'vitest';
import { exceptionOf, exceptions } from './exceptions.ts';
import { aJudgedRow, aRow } from './fixtures.ts';
import { joinRows } from './join.ts';
import { comparePairs, failuresOf, jsonOf, reportOf } from './report.ts';
import type { JudgedRow, Row } from './rows.ts';

const old = { composer: '2.5.5', takesDatesAsMajors: false };
const current = { composer: '2.10.2', takesDatesAsMajors: true };

/** The exception of each row that differs; undefined for those that nobody meant. */
function named(ours: readonly Row[], theirs: readonly JudgedRow[], library = old): (string | undefined)[] {
  const pairs = joinRows(ours, theirs);
  return pairs
    .filter(({ outcome }) => outcome !== 'equal')
    .map((pair) => exceptionOf(pair, { library, pairs })?.name);
}

describe('the named exceptions', () => {
  it('each cites a public rule, none the name of a package', () => {
    for (const { name, rule } of exceptions) {
      expect(rule).toMatch(/^https:\/\/|@[0-9a-f.]{6,}/);
      expect(name).not.toMatch(/[a-z]\/[a-z]/);
    }
  });

  it('nothing is excepted that no rule covers', () => {
    const row = aRow('1.0.0.0');
    expect(named([row], [])).toEqual([undefined]);
    expect(named([], [aJudgedRow(row)])).toEqual([undefined]);
    expect(named([row], [aJudgedRow({ ...row, reference: 'b'.repeat(40) })])).toEqual([undefined]);
    expect(named([aRow('dev-main'), aRow('dev-main')], [aJudgedRow(aRow('dev-main'))])).toEqual([undefined]);
  });

  it.each(['dev-gh-pages', 'dev-renovate/a', 'dev-dependabot/npm/a', 'dev-conductor-a', 'dev-merge-up/1.x'])(
    'Packagist leaves out %s; we must not have it',
    (version) => {
      expect(named([], [aJudgedRow(aRow(version))])).toEqual(['a branch that Packagist leaves out']);
      expect(named([aRow(version)], [])).toEqual([undefined]);
    },
  );

  it.each(['dev-gh-pages-2', 'dev-renovate', 'dev-my-renovate/a'])('%s is no such branch', (version) => {
    expect(named([], [aJudgedRow(aRow(version))])).toEqual([undefined]);
  });

  it('of branches of one version only the later ones may be missing', () => {
    const first = aRow('2.9999999.9999999.9999999-dev', { version: '2.x-dev' });
    const second = aJudgedRow({ ...first, version: 'v2.x-dev' });
    expect(named([first], [aJudgedRow(first), second])).toEqual(['another branch of the same version']);
    expect(named([], [aJudgedRow(first), second])).toEqual([undefined, 'another branch of the same version']);
    const tag = aRow('1.0.0.0');
    expect(named([tag], [aJudgedRow(tag), aJudgedRow({ ...tag, version: 'v1.0.0' })])).toEqual([undefined]);
  });

  it('what the validating loader refuses may be missing: errors, and for branches warnings', () => {
    const refused = 'a version that the validating loader refuses';
    const [tag, branch, numeric] = [aRow('1.0.0.0'), aRow('dev-a'), aRow('1.9999999.9999999.9999999-dev')];
    expect(named([], [aJudgedRow(tag, { errors: ['autoload : bad'] })])).toEqual([refused]);
    expect(named([], [aJudgedRow(tag, { warnings: ['homepage : bad'] })])).toEqual([undefined]);
    expect(named([], [aJudgedRow(branch, { warnings: ['homepage : bad'] })])).toEqual([refused]);
    expect(named([], [aJudgedRow(numeric, { warnings: ['homepage : bad'] })])).toEqual([refused]);
  });

  it('values may differ only as the validating loader changes them', () => {
    const theirs = aRow('1.0.0.0', { extra: { 'branch-alias': { a: 'b' } } });
    const ours = aRow('1.0.0.0', { extra: { 'branch-alias': {} } });
    const judged = aJudgedRow(theirs, { warnings: ['extra.branch-alias.a : bad'], values: ours });
    expect(named([ours], [judged])).toEqual(['a key that the validating loader drops']);
    expect(named([{ ...ours, type: 'project' }], [judged])).toEqual([undefined]);
    expect(named([{ ...ours, extra: {} }], [judged])).toEqual([undefined]);
    expect(named([ours], [aJudgedRow(theirs, { values: ours })])).toEqual([undefined]);
  });

  it('dates as majors may be ours alone, if the library is too old for them', () => {
    const row = aRow('20240102.1.0', { version: 'v20240102.1.0' });
    expect(named([row], [])).toEqual([expect.stringContaining('a date for a major')]);
    expect(named([row], [], current)).toEqual([undefined]);
    expect(named([aRow('2024.1.2.0', { version: '2024.1.2' })], [])).toEqual([undefined]);
    expect(named([], [aJudgedRow(row)])).toEqual([undefined]);
  });

  it('a branch with a # has another name on each side, and both are there', () => {
    const [ours, theirs] = [aRow('dev-a+1+b'), aJudgedRow(aRow('dev-a#1#b'))];
    const sign = expect.stringContaining('a branch with a #');
    expect(named([ours], [theirs])).toEqual([sign, sign]);
    expect(named([ours], [])).toEqual([undefined]);
    expect(named([], [theirs])).toEqual([undefined]);
    expect(named([aRow('dev-a+2')], [theirs])).toEqual([undefined, undefined]);
  });
});

describe('what a comparison comes to', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, at) => aRow(`1.0.${at}.0`));
  const comparisonOf = (ours: readonly Row[], theirs: readonly JudgedRow[], notes: string[] = []) => ({
    library: old,
    notes,
    pairs: comparePairs('lib', joinRows(ours, theirs), old),
  });
  const same = (count: number) => rows(count).map((row) => aJudgedRow(row));
  const ignored = (count: number) =>
    Array.from({ length: count }, (_, at) => aJudgedRow(aRow(`dev-renovate/${at}`)));

  it('passes when all is equal, or up to 2 % are exceptions', () => {
    expect(failuresOf(comparisonOf(rows(3), same(3)))).toEqual([]);
    expect(failuresOf(comparisonOf(rows(98), [...same(98), ...ignored(2)]))).toEqual([]);
  });

  it('fails when more are exceptions, when a row differs, and when there is none', () => {
    expect(failuresOf(comparisonOf(rows(97), [...same(97), ...ignored(3)]))).toEqual([
      expect.stringContaining('3 of 100 rows are exceptions'),
    ]);
    expect(failuresOf(comparisonOf(rows(3), same(2)))).toEqual([
      '1 of 3 rows differ without a named exception',
    ]);
    expect(failuresOf(comparisonOf([], []))).toEqual(['neither side has a version to compare']);
  });

  it('tells counts, exceptions, notes, and the values of rows that differ', () => {
    const ours = [aRow('1.0.0.0', { type: 'project' }), aRow('2.0.0.0')];
    const theirs = [aJudgedRow(aRow('1.0.0.0')), aJudgedRow(aRow('dev-gh-pages'))];
    const report = reportOf(comparisonOf(ours, theirs, ['other holds no package']));
    expect(report).toContain('Composer 2.5.5 against Repertoire');
    expect(report).toMatch(/^acme\/lib +1 +1 +1 +1 +1$/m);
    expect(report).toMatch(/^total +1 +1 +1 +1 +1$/m);
    expect(report).toMatch(/^ +1 {2}a branch that Packagist leaves out \(/m);
    expect(report).toMatch(/^ +0 {2}another branch of the same version \(/m);
    expect(report).toContain('Note: other holds no package');
    expect(report).toMatch(
      /different: acme\/lib 1\.0\.0\.0.*\n +type\n +ours: +"project"\n +theirs: "library"/,
    );
    expect(report).toMatch(/only ours: acme\/lib 2\.0\.0\.0/);
    expect(report).not.toContain('only theirs: acme/lib dev-gh-pages');
    expect(report).toContain('FAILED: 2 of 3 rows differ');
  });

  it('gives every row as data', () => {
    const json = jsonOf(comparisonOf(rows(1), [...same(1), ...ignored(1)]));
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      library: old,
      rows: [
        { outcome: 'equal', repository: 'lib', ours: { version: '1.0.0.0' }, theirs: { version: '1.0.0.0' } },
        { outcome: 'only theirs', exception: 'a branch that Packagist leaves out' },
      ],
      exceptions: expect.arrayContaining([
        expect.objectContaining({ name: 'a branch that Packagist leaves out', count: 1 }),
      ]),
    });
  });
});
