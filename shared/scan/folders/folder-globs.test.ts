import { describe, expect, it } from 'vitest';
import { folderMatcher, parseFolderGlobs } from './folder-globs.ts';

describe('globs of folders', () => {
  it('end in the manifest, and are there once', () => {
    expect(parseFolderGlobs([' packages/* ', 'packages/*/composer.json', '', 'core/'])).toEqual([
      'packages/*/composer.json',
      'core/composer.json',
    ]);
  });

  it.each([
    ['/packages/*', 'without a slash at its beginning'],
    ['packages//a', 'empty parts'],
    ['../a/composer.json', '. and ..'],
    ['packages\\a', 'backslash'],
    ['composer.json', 'the composer.json in the root is always read'],
    ['a/b/c/d/e/f/g/h/i', 'more than 8 folders deep'],
    ['!packages/*', 'only *, ** and {one,other}'],
    ['@(a|b)/composer.json', 'only *, ** and {one,other}'],
    ['{a,b/composer.json', 'a brace is missing'],
    ['{a,{b,c}}/composer.json', 'braces in braces'],
    ['a**/composer.json', 'between slashes'],
    ['**/a/**/b/**/composer.json', '** more than twice'],
    [`${'a'.repeat(200)}/composer.json`, 'more than 200 characters'],
  ])('refuse %s', (glob, why) => {
    expect(() => parseFolderGlobs([glob])).toThrow(why);
  });

  it('are bounded in number, also by their alternatives', () => {
    expect(() => parseFolderGlobs(Array.from({ length: 21 }, (_, place) => `a${place}`))).toThrow(
      'There are 21 patterns',
    );
    const ten = `{${Array.from({ length: 11 }, (_, place) => `a${place}`).join(',')}}`;
    expect(() => parseFolderGlobs([`${ten}/${ten}`])).toThrow('stand for 121 patterns');
  });
});

describe('the folders of globs', () => {
  const cases = [
    {
      glob: 'packages/*',
      bases: ['packages'],
      are: ['packages/a'],
      not: ['packages', 'packages/a/b', 'x/a', 'packages/.a', ''],
    },
    { glob: '{lib,src}/**', bases: [''], are: ['lib/a', 'src/a/b/c', 'lib'], not: ['a', 'a/lib'] },
    { glob: 'a/b/**', bases: ['a'], are: ['a/b', 'a/b/c'], not: ['a', 'a/c'] },
    { glob: '**', bases: [''], are: ['a', 'a/b'], not: ['', 'a/.git', 'a/b/c/d/e/f/g/h/i'] },
    { glob: 'core', bases: [''], are: ['core'], not: ['core/a', 'other'] },
    { glob: 'src/*/Bundle*', bases: ['src'], are: ['src/a/BundleOne'], not: ['src/a', 'src/a/other'] },
  ];
  it.each(cases)('of $glob', ({ glob, bases, are, not }) => {
    const matcher = folderMatcher(parseFolderGlobs([glob]));
    expect(matcher.bases.toSorted()).toEqual(bases);
    expect(are.filter((one) => !matcher.isPackage(one))).toEqual([]);
    expect(not.filter((one) => matcher.isPackage(one))).toEqual([]);
  });

  it('say where to look on', () => {
    const one = folderMatcher(parseFolderGlobs(['src/*/Bundle*']));
    expect(['src', 'src/a'].filter((folder) => !one.mayLeadTo(folder))).toEqual([]);
    expect(['lib', 'src/a/Bundle'].filter((folder) => one.mayLeadTo(folder))).toEqual([]);
    const all = folderMatcher(parseFolderGlobs(['lib/**']));
    expect(['lib', 'lib/a', 'lib/a/b'].filter((folder) => !all.mayLeadTo(folder))).toEqual([]);
    expect(all.mayLeadTo('src')).toBe(false);
    expect(all.mayLeadTo('lib/b/c/d/e/f/g/h')).toBe(false);
  });
});
