import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, versionIdentity } from './version-compare.ts';

describe('compareVersions', () => {
  it('orders from development to patches', () => {
    const ordered = ['1.0.0.0-dev', '1.0.0.0-alpha1', '1.0.0.0-alpha2', '1.0.0.0-beta1', '1.0.0.0-RC1', '1.0.0.0', '1.0.0.0-patch1', '1.0.1.0', '1.0.10.0', '2.0.0.0-alpha', '20240102', '20240102.1']; // biome-ignore format: a table
    expect(ordered.toReversed().toSorted(compareVersions)).toEqual(ordered);
  });

  // Each result was checked with PHP 8.2.
  it.each([
    ['1.0', '1.0.0', -1],
    ['1.0.0.0-beta1', '1.0.0.0-beta01', 0],
    ['1.0.0.0-b', '1.0.0.0-beta', 0],
    ['1.0-foo', '1.0-xyz', 0],
    ['1.0-foo', '1.0-dev', -1],
    ['', '', 0],
    ['', '1', -1],
    ['1-', '1', -1],
    ['_1', 'lat', 1],
    ['99999999999999999999', '9223372036854775807', 0],
    ['9223372036854775806', '9223372036854775807', -1],
  ])('%j and %j: %i', (a, b, order) => {
    expect(compareVersions(a, b)).toBe(order);
    expect(compareVersions(b, a) + order).toBe(0);
  });
});

describe('versionIdentity', () => {
  it('is the same exactly for versions that compare equal', () => {
    const numbers = fc.array(fc.constantFrom('0', '1', '01', '10'), { minLength: 4, maxLength: 4 });
    const suffix = fc.constantFrom(
      '',
      '-beta',
      '-beta1',
      '-beta01',
      '-RC1',
      '-patch',
      '-patch1',
      '-alpha1.2',
      '-alpha1.2-0',
    );
    const version = fc.tuple(numbers, suffix).map(([parts, modifier]) => parts.join('.') + modifier);
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(versionIdentity(a) === versionIdentity(b)).toBe(compareVersions(a, b) === 0);
      }),
      { numRuns: 500 },
    );
  });
});
