import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ComposerAnswer } from './composer-side.ts';
import { exceptions, exceptionsOf, type Judge } from './exceptions.ts';
import { aJudgedRow, aRow } from './fixtures.ts';
import { joinRows } from './join.ts';
import { type Comparison, comparePairs, exitCodeOf, failuresOf, jsonOf, reportOf } from './report.ts';
import type { JudgedRow, Row } from './rows.ts';

const old: Judge = { driver: 'git', composer: '2.5.5', takesDatesAsMajors: false };
const current: Judge = { ...old, composer: '2.10.2', takesDatesAsMajors: true };
const github: Judge = { ...current, driver: 'github' };

/** The exceptions of each row that differs; empty text for those that nobody meant. */
function named(
  ours: readonly Row[],
  theirs: readonly JudgedRow[],
  judge = old,
  { broken = [], linked = [] }: Partial<Pick<ComposerAnswer, 'broken' | 'linked'>> = {},
): string[] {
  const pairs = joinRows(ours, theirs);
  return pairs
    .filter(({ outcome }) => outcome !== 'equal')
    .map((pair) =>
      exceptionsOf(pair, { judge, pairs, broken, linked })
        .map(({ name }) => name)
        .join(' and '),
    );
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
    expect(named([row], [])).toEqual(['']);
    expect(named([], [aJudgedRow(row)])).toEqual(['']);
    expect(named([row], [aJudgedRow({ ...row, reference: 'b'.repeat(40) })])).toEqual(['']);
    expect(named([aRow('dev-main'), aRow('dev-main')], [aJudgedRow(aRow('dev-main'))])).toEqual(['']);
  });

  it("of GitHub's branch for pages only Composer's driver for git makes a version; we must not have it", () => {
    const pages = aRow('dev-gh-pages');
    expect(named([], [aJudgedRow(pages)])).toEqual(['the branch that the driver for GitHub leaves out']);
    expect(named([], [aJudgedRow(pages)], github)).toEqual(['']);
    expect(named([pages], [])).toEqual(['']);
  });

  it('a branch of a bot only Composer makes a version of; we must not have it', () => {
    const bot = aRow('dev-renovate/a');
    expect(named([], [aJudgedRow(bot)], github)).toEqual([
      'a branch of a bot, which a new organization leaves out',
    ]);
    expect(named([bot], [])).toEqual(['']);
  });

  it.each(['dev-gh-pages-2', 'dev-renovate', 'dev-merge-up/1.x'])('%s is no such branch', (version) => {
    expect(named([], [aJudgedRow(aRow(version))])).toEqual(['']);
  });

  it('of branches of one version only the later ones may be missing', () => {
    const first = aRow('2.9999999.9999999.9999999-dev', { version: '2.x-dev' });
    const second = aJudgedRow({ ...first, version: 'v2.x-dev' });
    expect(named([first], [aJudgedRow(first), second])).toEqual(['another branch of the same version']);
    expect(named([], [aJudgedRow(first), second])).toEqual(['', 'another branch of the same version']);
    const tag = aRow('1.0.0.0');
    expect(named([tag], [aJudgedRow(tag), aJudgedRow({ ...tag, version: 'v1.0.0' })])).toEqual(['']);
  });

  it('what the validating loader refuses may be missing; warnings alone are no reason', () => {
    const refused = 'a version that the validating loader refuses';
    for (const row of [aRow('1.0.0.0'), aRow('dev-a'), aRow('1.9999999.9999999.9999999-dev')]) {
      expect(named([], [aJudgedRow(row, { errors: ['autoload : bad'] })])).toEqual([refused]);
      expect(named([], [aJudgedRow(row, { warnings: ['homepage : bad'] })])).toEqual(['']);
      expect(named([row], [])).toEqual(['']);
    }
  });

  it('values may differ only as the validating loader changes them', () => {
    const theirs = aRow('1.0.0.0', { extra: { 'branch-alias': { a: 'b' } } });
    const ours = aRow('1.0.0.0', { extra: { 'branch-alias': {} } });
    const judged = aJudgedRow(theirs, { warnings: ['extra.branch-alias.a : bad'], values: ours });
    expect(named([ours], [judged])).toEqual(['a key that the validating loader drops']);
    const wrong = [{ type: 'project' }, { extra: {} }, { time: 'now' }];
    for (const change of wrong) {
      const row = aRow('1.0.0.0', { ...ours.metadata, ...change });
      expect([change, ...named([row], [judged])]).toEqual([change, '']);
    }
    // A text of blanks goes without a warning.
    expect(named([ours], [aJudgedRow(theirs, { values: ours })])).toEqual([
      'a key that the validating loader drops',
    ]);
    expect(named([ours], [aJudgedRow(theirs)])).toEqual(['']);
  });

  it('dates as majors may be ours alone, if the library is too old for them', () => {
    const row = aRow('20240102.1.0', { version: 'v20240102.1.0' });
    expect(named([row], [])).toEqual([expect.stringContaining('a date for a major')]);
    expect(named([row], [], current)).toEqual(['']);
    expect(named([aRow('2024.1.2.0', { version: '2024.1.2' })], [])).toEqual(['']);
    expect(named([], [aJudgedRow(row)])).toEqual(['']);
  });

  it('where PHP ends Composer, only ours is there', () => {
    const row = aRow('1.0.0.0');
    const broken = { ref: '1.0.0', reference: row.reference ?? '', error: 'TypeError: ltrim()' };
    expect(named([row], [], current, { broken: [broken] })).toEqual(['a ref at which PHP ends Composer']);
    expect(named([row], [], current, { broken: [{ ...broken, reference: 'b' }] })).toEqual(['']);
    expect(named([], [aJudgedRow(row)], current, { broken: [broken] })).toEqual(['']);
  });

  it('a symbolic link to a manifest is one for us and GitHub, and none for git', () => {
    const [row, link] = [
      aRow('1.0.0.0'),
      'a manifest that is a symbolic link, which is followed on GitHub and Bitbucket, and in git is not',
    ];
    const linked = [row.reference ?? ''];
    expect(named([row], [], current, { linked })).toEqual([link]);
    expect(named([row], [], github, { linked })).toEqual(['']);
    expect(named([row], [], current, { linked: ['b'] })).toEqual(['']);
    expect(named([], [aJudgedRow(row)], current, { linked })).toEqual(['']);
  });

  it('a branch that begins with a dash is none for git', () => {
    const dash = 'a branch that begins with a dash, which the git driver leaves out';
    expect(named([aRow('dev--a')], [])).toEqual([dash]);
    expect(named([aRow('dev--a')], [], github)).toEqual(['']);
    expect(named([aRow('dev-a')], [])).toEqual(['']);
    expect(named([], [aJudgedRow(aRow('dev--a'))])).toEqual(['']);
  });

  it('a branch with a # has another name on each side, and both are there', () => {
    const [ours, theirs] = [aRow('dev-a+1+b'), aJudgedRow(aRow('dev-a#1#b'))];
    const sign = expect.stringContaining('a branch with a #');
    expect(named([ours], [theirs])).toEqual([sign, sign]);
    expect(named([ours], [])).toEqual(['']);
    expect(named([], [theirs])).toEqual(['']);
    expect(named([aRow('dev-a+2')], [theirs])).toEqual(['', '']);
  });
});

describe('the named exceptions of names', () => {
  it('a package may be in capitals there', () => {
    const theirs = aJudgedRow(aRow('1.0.0.0', { name: 'Acme/Lib' }));
    const capitals = 'a name in capitals, which is served in lower case';
    expect(named([aRow('1.0.0.0')], [theirs])).toEqual([capitals]);
    expect(named([theirs.values], [aJudgedRow(aRow('1.0.0.0'))])).toEqual(['']);
  });

  it('a link to a number may be missing here, and no other', () => {
    const number = 'a link whose name is a number, which no client can read in a p2 file';
    const links = (require: unknown) => aRow('1.0.0.0', { require });
    const theirs = aJudgedRow(links({ 7: '*', php: '*' }));
    expect(named([links({ php: '*' })], [theirs])).toEqual([number]);
    expect(named([aRow('1.0.0.0')], [aJudgedRow(links({ 7: '*' }))])).toEqual([number]);
    for (const wrong of [links({ php: '>8' }), links({ 7: '*' }), aRow('1.0.0.0')]) {
      expect(named([wrong], [theirs])).toEqual(['']);
    }
    const [extra, other] = [aRow('1.0.0.0', { extra: { a: 1 } }), aRow('1.0.0.0', { extra: { a: 1, 7: 2 } })];
    expect(named([extra], [aJudgedRow(other)])).toEqual(['']);
  });
});

describe('the named exceptions of code that lies elsewhere', () => {
  const archive = { type: 'zip', url: 'https://downloads.example/a.zip' };
  const git = { type: 'git', url: 'https://forge.example/a.git', reference: 'v1' };

  it.each([
    ['dist', archive, ''],
    ['dist', { ...archive, reference: 'v1', shasum: 'a' }, ''],
    ['dist', { ...archive, type: 'path' }, 'missing'],
    ['dist', { ...archive, mirrors: [archive] }, 'missing'],
    ['dist', { ...archive, url: '../a.zip' }, 'missing'],
    ['dist', { ...archive, url: 'http://downloads.example/a.zip' }, 'missing'],
    ['dist', { ...archive, url: 'https://ann:secret@downloads.example/a.zip' }, 'missing'],
    ['source', git, ''],
    ['source', { ...git, url: 'git@forge.example:a.git' }, ''],
    ['source', { ...git, url: 'ssh://git@forge.example/a.git' }, ''],
    ['source', { ...git, url: 'ssh://git:secret@forge.example/a.git' }, 'missing'],
    ['source', { ...git, type: 'fossil' }, 'missing'],
    ['source', { ...git, url: '/srv/a.git' }, 'missing'],
  ] as const)('of a %s %j there may be %s', (key, place, may) => {
    const theirs = aJudgedRow(aRow('1.0.0.0', { [key]: place }), { own: [key] });
    const expected =
      may === 'missing' ? 'code of its own that not every client can fetch, and without credentials' : '';
    expect(named([], [theirs])).toEqual([expected]);
    expect(named([], [{ ...theirs, own: [] }])).toEqual(['']);
    expect(named([theirs.values], [])).toEqual(['']);
  });

  it('libraries before 2.8.5 give a dist no reference', () => {
    const theirs = aJudgedRow(aRow('1.0.0.0', { dist: archive }), { own: ['dist'] });
    const ours = (reference: unknown) => aRow('1.0.0.0', { dist: { ...archive, reference } });
    const filled = 'the reference of a dist of its own, which libraries before 2.8.5 leave out';
    expect(named([ours(theirs.values.reference)], [theirs])).toEqual([filled]);
    expect(named([ours('v1')], [theirs])).toEqual(['']);
    expect(named([ours(theirs.values.reference)], [theirs], current)).toEqual(['']);
    expect(named([ours(theirs.values.reference)], [{ ...theirs, own: [] }])).toEqual(['']);
  });
});

describe('the named exceptions before the driver for GitHub', () => {
  const funding = [{ type: 'github', url: 'https://github.com/acme' }];

  it('funding may be theirs alone if it is not the manifest that has it', () => {
    const fromFile = 'funding that GitHub keeps in a file of its own';
    const theirs = aJudgedRow(aRow('1.0.0.0', { funding }));
    expect(named([aRow('1.0.0.0')], [theirs], github)).toEqual([fromFile]);
    expect(named([aRow('1.0.0.0')], [theirs])).toEqual(['']);
    expect(named([aRow('1.0.0.0')], [{ ...theirs, own: ['funding'] }], github)).toEqual(['']);
    expect(named([aRow('1.0.0.0', { funding: [] })], [theirs], github)).toEqual(['']);
    expect(named([aRow('1.0.0.0', { funding })], [aJudgedRow(aRow('1.0.0.0'))], github)).toEqual(['']);
    expect(named([aRow('1.0.0.0', { type: 'project' })], [theirs], github)).toEqual(['']);
  });

  it('of two tags for one version ours is the one whose name comes first', () => {
    const first = 'the first of two tags for one version, by name here and by the order of a list there';
    const tag = (version: string, reference: string, metadata = {}) =>
      aRow('1.0.0.0', { version, reference, 'support.source': `tree/${version}`, ...metadata });
    const theirs = aJudgedRow(tag('v1.0.0', 'b', { type: 'project' }));
    expect(named([tag('1.0.0', 'a')], [theirs], github)).toEqual([first]);
    expect(named([tag('1.0.0', 'a')], [theirs])).toEqual(['']);
    expect(named([tag('w1.0.0', 'a')], [theirs], github)).toEqual(['']);
    // Of one commit only the names differ.
    expect(named([tag('1.0.0', 'b', { type: 'project' })], [theirs], github)).toEqual([first]);
    expect(named([tag('1.0.0', 'b')], [theirs], github)).toEqual(['']);
    const [branch, other] = [aRow('2.9-dev', { version: '2-dev' }), aRow('2.9-dev', { version: 'v2-dev' })];
    expect(named([branch], [aJudgedRow(other)], github)).toEqual(['']);
  });

  it('a tag links to itself, another tag at its commit or not', () => {
    const own = "a tag's own files, not those of another tag at its commit";
    const linked = (tag: string, version = '1.0.0.0') =>
      aRow(version, { 'support.source': `https://github.com/acme/lib/tree/${tag}` });
    const theirs = aJudgedRow(linked('v1.0.1'), { tags: ['1.0.0', 'v1.0.1'] });
    expect(named([linked('1.0.0')], [theirs], github)).toEqual([own]);
    expect(named([linked('main')], [theirs], github)).toEqual(['']);
    expect(named([linked('1.0.0')], [{ ...theirs, tags: ['1.0.0'] }], github)).toEqual(['']);
    expect(named([aRow('1.0.0.0')], [theirs], github)).toEqual(['']);
    const onBitbucket = (tag: string) =>
      aRow('1.0.0.0', { 'support.source': `https://bitbucket.org/acme/lib/src/a/?at=${tag}` });
    const [one, other] = [onBitbucket('1.0.0'), aJudgedRow(onBitbucket('v1.0.1'), { tags: theirs.tags })];
    expect(named([one], [other])).toEqual([own]);
    const branch = aJudgedRow(linked('v1.0.1', 'dev-main'), { tags: theirs.tags });
    expect(named([linked('1.0.0', 'dev-main')], [branch], github)).toEqual(['']);
  });

  it('a row may have more than one, and needs one for each key', () => {
    const warned = { warnings: ['homepage : bad'], values: aRow('1.0.0.0', { funding }) };
    const theirs = aRow('1.0.0.0', { homepage: 'x', funding });
    expect(named([aRow('1.0.0.0')], [aJudgedRow(theirs, warned)], github)).toEqual([
      'a key that the validating loader drops and funding that GitHub keeps in a file of its own',
    ]);
    expect(named([aRow('1.0.0.0')], [aJudgedRow(theirs)], github)).toEqual(['']);
  });
});

describe('what a comparison comes to', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, at) => aRow(`1.0.${at}.0`));
  const comparisonOf = (
    ours: readonly Row[],
    theirs: readonly JudgedRow[],
    more: Partial<Comparison> = {},
  ): Comparison => ({
    judge: old,
    broken: [],
    unreadable: [],
    archives: [],
    notes: [],
    pairs: comparePairs('lib', joinRows(ours, theirs), { judge: more.judge ?? old, broken: [], linked: [] }),
    ...more,
  });
  const same = (count: number) => rows(count).map((row) => aJudgedRow(row));
  const ignored = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      aJudgedRow(aRow(`1.0.${at}.0`), { errors: ['support : should be an array'] }),
    );

  it('passes when all is equal, or up to 2 % are exceptions', () => {
    expect(failuresOf(comparisonOf(rows(3), same(3)))).toEqual([]);
    expect(failuresOf(comparisonOf(rows(98), [...same(98), ...ignored(2)]))).toEqual([]);
  });

  it('fails when more are exceptions, when a row differs, and when there is none', () => {
    expect(failuresOf(comparisonOf(rows(97), [...same(97), ...ignored(3)]))).toEqual([
      expect.stringContaining('3 of 100 rows are on one side only by an exception'),
    ]);
    expect(failuresOf(comparisonOf(rows(3), same(2)))).toEqual([
      '1 of 3 rows differ without a named exception',
    ]);
    expect(failuresOf(comparisonOf([], []))).toEqual(['neither side has a version to compare']);
    expect(failuresOf(comparisonOf(rows(3), same(3), { unreadable: ['acme/lib 1: bad'] }))).toEqual([
      '1 versions of ours cannot be read',
    ]);
  });

  it('does not fail of many rows that differ as is meant', () => {
    const theirs = same(3).map(({ values }) =>
      aJudgedRow(aRow(values.versionNormalized, { funding: [{ type: 'github', url: 'x' }] })),
    );
    expect(failuresOf(comparisonOf(rows(3), theirs, { judge: github }))).toEqual([]);
    expect(failuresOf(comparisonOf(rows(3), theirs))).toHaveLength(1);
  });

  it.each([
    ['time', '2026-01-01T00:00:00+00:00'],
    ['source', { type: 'git', url: 'git@github.com:acme/lib.git', reference: 'a'.repeat(40) }],
    ['support.source', 'https://github.com/acme/lib/tree/1.0.0'],
    ['support.issues', 'https://github.com/acme/lib/issues'],
    ['default-branch', true],
    ['reference', 'b'.repeat(40)],
    ['require', { php: '*' }],
  ])('is exit code 1 if %s alone differs, before one of the judges', (key, value) => {
    const theirs = same(3).map((row, at) =>
      at === 1 ? aJudgedRow(aRow(row.values.versionNormalized, { [key]: value })) : row,
    );
    const equal = comparisonOf(rows(3), same(3));
    const planted = comparisonOf(rows(3), theirs, { judge: github });
    expect([exitCodeOf([equal, equal]), exitCodeOf([equal, planted])]).toEqual([0, 1]);
    expect(exitCodeOf([planted, equal])).toBe(1);
    expect(reportOf([equal, planted])).toContain(`different: acme/lib 1.0.1.0`);
  });

  it('is exit code 1 if a judge compared nothing at all', () => {
    expect(exitCodeOf([])).toBe(1);
    expect(exitCodeOf([comparisonOf([], [])])).toBe(1);
  });

  it('tells counts, exceptions, notes, and the values of rows that differ', () => {
    const ours = [aRow('1.0.0.0', { type: 'project' }), aRow('2.0.0.0')];
    const theirs = [aJudgedRow(aRow('1.0.0.0')), aJudgedRow(aRow('dev-gh-pages'))];
    const report = reportOf([
      comparisonOf(ours, theirs, {
        notes: ['other holds no package'],
        broken: [{ repository: 'lib', ref: 'v1.3', reference: 'b', error: 'TypeError: ltrim()' }],
        unreadable: ['acme/lib 3: bad'],
      }),
      comparisonOf([], same(1), { judge: github }),
    ]);
    expect(report).toContain('Composer 2.5.5, git driver, against Repertoire');
    expect(report).toMatch(/^acme\/lib +0 +1 +1 +1 +1$/m);
    expect(report).toMatch(/^total +0 +1 +1 +1 +1$/m);
    expect(report).toMatch(/^judge +equal +only ours +only theirs +different +excepted$/m);
    expect(report).toMatch(/^Composer 2\.5\.5, git driver +0 +1 +1 +1 +1$/m);
    expect(report).toMatch(/^Composer 2\.10\.2, github driver +0 +0 +1 +0 +0$/m);
    expect(report).toContain('Broken: PHP ends Composer at v1.3 of lib: TypeError: ltrim()');
    expect(report).toContain('Unreadable: acme/lib 3: bad');
    expect(report).toMatch(/^ +1 {2}the branch that the driver for GitHub leaves out \(/m);
    expect(report).toMatch(/^ +0 {2}another branch of the same version \(/m);
    expect(report).toContain('Note: other holds no package');
    expect(report).toMatch(
      /different: acme\/lib 1\.0\.0\.0.*\n +type\n +ours: +"project"\n +theirs: "library"/,
    );
    expect(report).toMatch(/only ours: acme\/lib 2\.0\.0\.0/);
    expect(report).not.toContain('only theirs: acme/lib dev-gh-pages');
    expect(report).toContain('FAILED: 1 versions of ours cannot be read; 2 of 3 rows differ');
  });

  it('gives every row as data', () => {
    const [json] = z.array(z.unknown()).parse(jsonOf([comparisonOf(rows(1), [...same(1), ...ignored(1)])]));
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      judge: old,
      rows: [
        { outcome: 'equal', repository: 'lib', ours: { version: '1.0.0.0' }, theirs: { version: '1.0.0.0' } },
        { outcome: 'only theirs', exceptions: ['a version that the validating loader refuses'] },
      ],
      exceptions: expect.arrayContaining([
        expect.objectContaining({ name: 'a version that the validating loader refuses', count: 1 }),
      ]),
    });
  });
});
