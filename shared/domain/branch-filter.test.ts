import { expect, it } from 'vitest';
import { leavingOut, usualBranchesLeftOut } from './branch-filter.ts';

it.each([
  [['dependabot/*'], 'dependabot/npm/left-pad-1', 'dependabot/*'],
  [['dependabot/*'], 'dependabot', undefined],
  [['dependabot/*'], 'my/dependabot/x', undefined],
  [['wip'], 'wip', 'wip'],
  [['wip'], 'wip2', undefined],
  [['a.c'], 'abc', undefined],
  [['*'], '', '*'],
  [['ab*ba'], 'aba', undefined],
  [['ab*ba'], 'abba', 'ab*ba'],
  [['x', 'a*b*c'], 'a-b-b-c', 'a*b*c'],
  [['a*b*c'], 'a-c-b', undefined],
  [[], 'main', undefined],
])('%j and %s: %s', (patterns, branch, expected) => {
  expect(leavingOut(patterns, branch)).toBe(expected);
});

it('leaves no usual name of a maintained branch out', () => {
  for (const branch of ['main', 'master', 'develop', '1.x', 'release/2.0', 'feature/x', 'l10n']) {
    expect(leavingOut(usualBranchesLeftOut, branch)).toBeUndefined();
  }
});

it('is quick for what looks hard', () => {
  const started = performance.now();
  expect(leavingOut([`${'a*'.repeat(50)}b`], 'a'.repeat(10_000))).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(200);
});
