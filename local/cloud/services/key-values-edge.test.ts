import { expect, it } from 'vitest';
import { createEdgeValues } from './key-values-edge.ts';

it('never shows an older value of a key after a newer one, whatever the propagation times', () => {
  let now = 0;
  const delays = [10_000, 0, 5_000];
  const edge = createEdgeValues({
    clock: { now: () => now, after: () => () => {} },
    propagationMs: () => delays.shift() ?? 0,
    initial: new Map([['key', '0']]),
  });
  for (const value of ['1', '2', '3']) edge.write('key', value);
  const seen = Array.from({ length: 12 }, (_, second) => {
    now = second * 1000;
    return edge.read('key');
  });
  expect(seen).toEqual([...Array.from({ length: 10 }, () => '0'), '3', '3']);
});
