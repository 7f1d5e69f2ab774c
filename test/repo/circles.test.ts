import { expect, it } from 'vitest';
import { circlesOf } from './circles.ts';

const graph = (arrows: Record<string, string>) =>
  new Map(Object.entries(arrows).map(([from, to]) => [from, new Set(to)]));

it('finds each cycle once, and no node that only leads to one', () => {
  expect(circlesOf(graph({ a: 'b', b: 'c', c: 'ad', d: 'e', e: '' }))).toEqual([['a', 'b', 'c']]);
  expect(circlesOf(graph({ x: 'a', a: 'b', b: 'a', c: 'd', d: 'c' }))).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(circlesOf(graph({ a: 'bc', b: 'c', c: '' }))).toEqual([]);
  expect(circlesOf(graph({ a: 'a' }))).toEqual([]);
});
