import { expect, it } from 'vitest';
import { marksDefaultBranch, sameLinks, treeAddress } from './repository-links.ts';

const source = { type: 'git', url: 'https://forge.example/a/b.git' } as const;

it("a version's address contains its ref, or its commit if the forge wants that, as they are written", () => {
  const version = { ref: 'feature/{commit}$&#1', commit: 'c'.repeat(40) };
  expect(treeAddress({ source, tree: 'https://forge.example/a/b/tree/{ref}' }, version)).toBe(
    'https://forge.example/a/b/tree/feature/{commit}$&#1',
  );
  expect(treeAddress({ source, tree: 'https://forge.example/src/{commit}/?at={ref}' }, version)).toBe(
    `https://forge.example/src/${version.commit}/?at=${version.ref}`,
  );
  expect(treeAddress({ source }, version)).toBeUndefined();
});

it("only Composer's drivers for git mark the default branch", () => {
  const marks = (['git', 'hg', 'svn'] as const).map((type) =>
    marksDefaultBranch({ source: { type, url: 'https://vcs.example/a' } }),
  );
  expect(marks).toEqual([true, false, false]);
});

it('links are the same only if each of them is', () => {
  const links = { source, tree: '/{ref}', issues: '/issues' };
  expect(sameLinks(links, { ...links, source: { ...source } })).toBe(true);
  expect(sameLinks(undefined, undefined)).toBe(true);
  for (const other of [
    undefined,
    { ...links, issues: undefined },
    { ...links, tree: '/tree/{ref}' },
    { ...links, source: { ...source, url: 'git@forge.example:a/b.git' } },
    { ...links, source: { ...source, type: 'hg' as const } },
  ]) {
    expect(sameLinks(links, other)).toBe(false);
  }
});
