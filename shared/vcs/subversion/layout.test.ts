import { describe, expect, it } from 'vitest';
import { baseAddress, checkedLayout, parseReference, referenceOf, usualLayout } from './layout.ts';

describe('the layout of a Subversion repository', () => {
  it.each([
    ['https://svn.example/lib', 'trunk', 'https://svn.example/lib'],
    ['https://svn.example/lib/trunk/', 'trunk', 'https://svn.example/lib'],
    ['https://svn.example/trunk/lib/trunk', 'trunk', 'https://svn.example/trunk/lib'],
    ['https://svn.example/lib/code/main', 'code/main', 'https://svn.example/lib'],
    ['https://svn.example/lib/trunk', false, 'https://svn.example/lib/trunk'],
  ] as const)('of %s with the trunk %s begins at %s', (url, trunk, base) => {
    expect(baseAddress(url, { ...usualLayout, trunk })).toBe(base);
  });

  it.each([
    ['/trunk', '', '/trunk/@7'],
    ['/tags/1.0/', '', '/tags/1.0/@7'],
    ['/branches/käse', 'packages/a', '/branches/käse/packages/a/@7'],
    ['', '', '/@7'],
  ])(
    'of the folder %j with the package %j has the reference %s, which leads back',
    (folder, within, reference) => {
      expect(referenceOf(folder, '7', { ...usualLayout, package: within })).toBe(reference);
      expect(parseReference(reference)).toEqual({ path: reference.slice(0, -3), revision: '7' });
    },
  );

  it.each([
    '',
    '/trunk',
    '/trunk@7',
    '/trunk/@',
    '/trunk/@HEAD',
    '/a/../b/@1',
    '-r/@1',
    '/trunk/@7 --x',
    'f'.repeat(40),
  ])('has no reference %j', (text) => {
    expect(() => parseReference(text)).toThrow(/no reference/);
  });

  it('leads nowhere else', () => {
    expect(checkedLayout({ ...usualLayout, package: '/packages/a/' }).package).toBe('packages/a');
    for (const path of ['..', 'a/../../b', 'a\nb']) {
      expect(() => checkedLayout({ ...usualLayout, tags: path })).toThrow(/leads out/);
    }
  });
});
