import { expect, it } from 'vitest';
import { between } from './selection.ts';

it('is a range in either direction, and one alone where the other end is gone', () => {
  const all = ['a', 'b', 'c', 'd'];
  expect(between(all, 'a', 'c')).toEqual(['a', 'b', 'c']);
  expect(between(all, 'd', 'b')).toEqual(['b', 'c', 'd']);
  expect(between(all, 'gone', 'b')).toEqual(['b']);
});
