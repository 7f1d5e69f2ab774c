import { expect, it } from 'vitest';
import { edgeSizeOf } from './edge-size.ts';

it('counts bytes by the kind of key, and what fits if every member had a token', () => {
  const items = new Map([
    ['p/acme/acme/a', '1'],
    ['p/acme/acme/b', '2'],
    ['v/acme/u1/0', 'x'.repeat(89)],
    ['t/hash', 'ä'.repeat(47)],
  ]);
  expect(edgeSizeOf(items, 10)).toEqual({
    kinds: { p: { keys: 2, bytes: 28 }, v: { keys: 1, bytes: 100 }, t: { keys: 1, bytes: 100 } },
    bytes: 228,
    bytesWithAllTokens: 28 + 2000,
    fits: Math.floor((5 * 1024 * 1024) / 2028),
    fitsUntilAlarm: Math.floor((5 * 1024 * 1024 * 0.7) / 2028),
  });
  expect(edgeSizeOf(new Map(), 3)).toMatchObject({ bytes: 0, bytesWithAllTokens: 0 });
});
