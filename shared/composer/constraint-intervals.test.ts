import { describe, expect, it } from 'vitest';
import { parseConstraint } from './constraint.ts';
import { matchesNothing } from './constraint-intervals.ts';

describe('matchesNothing', () => {
  // The first two are cases of Composer's ValidatingArrayLoaderTest at tag 2.10.2.
  it.each([
    '>1, <0.5',
    'dev-main, >0.5',
    '>2 <1',
    '^1 ^2',
    '>=1 <1-dev',
    'dev-a dev-b',
    '>1 <=1 || >2 <=2',
    'dev-a !=dev-a',
    '1.0 2.0',
    // Composer joins the two, and nothing is higher than a branch.
    '>=dev-a <2.0 || 2.x',
  ])('nothing is %j', (text) => expect(matchesNothing(parseConstraint(text))).toBe(true));

  it.each([
    '*',
    '>=1 <2',
    '>=dev-a <2.0 || 3.x',
    '^1 || ^2',
    '>2 <1 || 3',
    'dev-a || dev-b',
    '!=1 !=2',
    '!=dev-a !=dev-b',
    '>=1 <=1',
    '* dev-a',
    '!=dev-a dev-b',
    '<0',
    '@dev',
  ])('something is %j', (text) => expect(matchesNothing(parseConstraint(text))).toBe(false));
});
