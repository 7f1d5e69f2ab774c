import { describe, expect, it } from 'vitest';
import { chooseTests, type Question, usualSecondsOf } from './choose-tests.ts';

/** store ← use ← handler, each with a test; a whole system imports the handler. */
const question: Omit<Question, 'changed'> = {
  imports: Object.entries({
    'use.ts': ['store.ts'],
    'handler.ts': ['use.ts'],
    'store.test.ts': ['store.ts', 'helper.ts'],
    'store-more.test.ts': ['store.ts'],
    'use.test.ts': ['use.ts', 'store.ts', 'helper.ts'],
    'handler.test.ts': ['handler.ts'],
    'system.test.ts': ['handler.ts'],
    'other.test.ts': ['other.ts'],
  }).flatMap(([from, files]) => files.map((to) => ({ from, to }))),
  isTest: (file) => file.endsWith('.test.ts'),
  secondsOf: (file) => ({ 'system.test.ts': 30, 'handler.test.ts': 2, 'store-more.test.ts': 0.5 })[file] ?? 1,
  budget: 8,
};
const chosen = (changed: readonly string[], budget = 8) => {
  const { run, leftOut } = chooseTests({ ...question, changed, budget });
  return { run: run.map(({ file }) => file), leftOut: leftOut.map(({ file }) => file) };
};

describe('the tests of a change', () => {
  it('are those beside it first, then all that import it, the nearest first; what is slow is left out', () => {
    expect(chosen(['store.ts'])).toEqual({
      run: ['store.test.ts', 'store-more.test.ts', 'use.test.ts', 'handler.test.ts'],
      leftOut: ['system.test.ts'],
    });
  });

  it('may be farther ones that fit, where a nearer one does not', () => {
    expect(chosen(['store.ts'], 2.4)).toEqual({
      run: ['store.test.ts', 'store-more.test.ts'],
      leftOut: ['use.test.ts', 'handler.test.ts', 'system.test.ts'],
    });
    expect(chosen(['handler.ts'], 1)).toEqual({ run: [], leftOut: ['handler.test.ts', 'system.test.ts'] });
  });

  it('are changed tests themselves, whatever they take', () => {
    expect(chosen(['system.test.ts'])).toEqual({ run: ['system.test.ts'], leftOut: [] });
  });

  it('are those that import a file which is deleted, or only tests need', () => {
    expect(chosen(['helper.ts'])).toEqual({ run: ['store.test.ts', 'use.test.ts'], leftOut: [] });
  });

  it('are none for what nobody imports', () => {
    expect(chosen(['README.md'])).toEqual({ run: [], leftOut: [] });
  });
});

it('a test that never ran here is expected to take what is usual in its folder', () => {
  expect(
    ['shared/sync/run/a.test.ts', 'shared/domain/b.test.ts', 'tools/c.test.ts'].map(usualSecondsOf),
  ).toEqual([0.5, 0.1, 1]);
});
