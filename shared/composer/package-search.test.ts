import { describe, expect, it } from 'vitest';
import type { PublishedVersion } from './package-metadata.ts';
import { matchingPackages, packageSummary, type SearchedPackage } from './package-search.ts';

const version = (
  text: string,
  manifest: Record<string, unknown>,
  more: Partial<PublishedVersion> = {},
): PublishedVersion => ({
  ...{ version: text, versionNormalized: text.startsWith('dev-') ? text : `${text}.0`, time: '' },
  ...{ isDefaultBranch: false, dist: undefined, manifest, ...more },
});

describe('the summary of a package', () => {
  it.each([
    [
      'its default branch',
      [
        version('2.0.0', { description: 'tag' }),
        version('dev-main', { description: 'main' }, { isDefaultBranch: true }),
      ],
      'main',
    ],
    [
      'else its newest finished version',
      [
        version('dev-x', { description: 'branch' }),
        version('1.9.0', { description: 'older' }),
        version('1.10.0', { description: 'newest' }),
      ],
      'newest',
    ],
    ['else any version', [version('dev-x', { description: 'branch' })], 'branch'],
  ])('is that of %s', (_, versions, description) => {
    expect(packageSummary(versions)).toEqual({
      description,
      keywords: [],
      type: 'library',
      abandoned: false,
    });
  });

  it('has keywords, the type in lower case, and what replaces the package', () => {
    const manifest = { keywords: ['Money', '', 7, 'cash'], type: 'Composer-Plugin', abandoned: 'acme/new' };
    expect(packageSummary([version('1.0.0', manifest)])).toEqual({
      ...{ description: '', keywords: ['Money', 'cash'], type: 'composer-plugin', abandoned: 'acme/new' },
    });
    expect(packageSummary([version('1.0.0', {}, { abandoned: true })])?.abandoned).toBe(true);
  });

  it('is cut, and never within a character', () => {
    const description = `${'a'.repeat(299)}😀😀`;
    const manifest = { description, keywords: Array.from({ length: 30 }, (_, place) => `k${place}`) };
    const summary = packageSummary([version('1.0.0', manifest)]);
    expect(summary?.description).toBe(`${'a'.repeat(299)}😀`);
    expect(summary?.keywords).toHaveLength(20);
  });

  it('is none without versions', () => {
    expect(packageSummary([])).toBeUndefined();
  });
});

describe('a search', () => {
  const found = (name: string, more: Partial<SearchedPackage> = {}): SearchedPackage => ({
    ...{ name, description: '', keywords: [], type: 'library', abandoned: false, downloads: 0, ...more },
  });
  const packages = [
    found('acme/accounts', { description: 'Books what money was paid' }),
    found('acme/cash', { keywords: ['Money', 'EUR'] }),
    found('acme/money-old', { abandoned: 'acme/money', downloads: 900 }),
    found('acme/money-format', { downloads: 5 }),
    found('acme/money-bundle', { type: 'symfony-bundle', downloads: 7 }),
    found('acme/pocket-money'),
    found('acme/money'),
    found('acme/clock', { description: 'Time (UTC) only' }),
  ];
  const names = (text: string, type = ''): readonly string[] =>
    matchingPackages(packages, { text, type }).map(({ name }) => name);

  it('has the best names first, abandoned ones after the others, then what is installed most', () => {
    expect(names('money')).toEqual([
      'acme/money',
      'acme/money-bundle',
      'acme/money-format',
      'acme/money-old',
      'acme/pocket-money',
      'acme/cash',
      'acme/accounts',
    ]);
  });

  it.each([
    ['in any case', 'MONEY eur', ['acme/cash']],
    [
      'of a whole name',
      'acme/money',
      ['acme/money', 'acme/money-bundle', 'acme/money-format', 'acme/money-old'],
    ],
    ['all of them', 'money paid', ['acme/accounts']],
    ['as they are, not as a pattern', '(utc) ', ['acme/clock']],
    ['not as a pattern', 'm.ney', []],
    ['that nothing has', 'money invoices', []],
  ])('looks for words %s', (_, text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it('may be for a type alone, or for everything', () => {
    expect(names('money', 'Symfony-Bundle')).toEqual(['acme/money-bundle']);
    expect(names('', 'symfony-bundle')).toEqual(['acme/money-bundle']);
    expect(names('  ')).toHaveLength(packages.length);
    expect(names('money', 'metapackage')).toEqual([]);
  });
});
