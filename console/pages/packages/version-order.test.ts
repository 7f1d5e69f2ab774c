import { expect, it } from 'vitest';
import { newestFirst, readVersion } from './version-order.ts';

const ordered = [
  'dev-feature',
  'dev-main',
  '2.10.0.0',
  '2.9.0.0',
  '2.0.0.0-patch1',
  '2.0.0.0',
  '2.0.0.0-RC1',
  '2.0.0.0-beta10',
  '2.0.0.0-beta2',
  '2.0.0.0-alpha1',
  '1.9999999.9999999.9999999-dev',
  '1.1.0.0',
];

it('puts branches first, then the newest', () => {
  expect(ordered.toReversed().toSorted(newestFirst)).toEqual(ordered);
});

it.each([
  ['2.0.1.0', '2.0.1'],
  ['2.0.0.0-beta1', '2.0.0-beta1'],
  ['1.2.3.4', '1.2.3.4'],
  ['dev-main', 'dev-main'],
])('writes %s as %s', (normalized, read) => {
  expect(readVersion(normalized)).toBe(read);
});
