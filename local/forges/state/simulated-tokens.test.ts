import { expect, it } from 'vitest';
import { isTokenEnding, makeTokensRandom, type TokenKey, tokenEnding } from './simulated-tokens.ts';

it('are known to tests, which may end them with anything', () => {
  expect(tokenEnding({}, 'ann')).toBe('simulated');
  expect(isTokenEnding({}, 'ann', 'x')).toBe(true);
});

it('are guessed by nobody once they are random, and stay the same in later runs', async () => {
  const state: TokenKey = {};
  let saves = 0;
  const kept = { state, save: async () => void saves++ };
  await makeTokensRandom(kept);
  const ending = tokenEnding(state, 'Ann');
  expect(ending).toMatch(/^[0-9a-f]{32}$/);
  expect([ending, 'x', 'simulated'].map((one) => isTokenEnding(state, 'ann', one))).toEqual([
    true,
    false,
    false,
  ]);
  expect(isTokenEnding(state, 'bob', ending)).toBe(false);
  await makeTokensRandom(kept);
  expect([tokenEnding(state, 'ann'), saves]).toEqual([ending, 1]);
});
