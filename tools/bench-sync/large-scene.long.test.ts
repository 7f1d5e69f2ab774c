import { expect, it } from 'vitest';
import { brokenOf } from './figures.ts';
import { measureLarge } from './large-scene.ts';

it('the shipped function reads a small world whole, with the environment that it asks for', async () => {
  const [first, again] = await measureLarge({ repositories: 20, members: 12, teams: 2, latencyMs: 0 });
  expect(brokenOf([first, again].filter((one) => one !== undefined))).toEqual([]);
  expect(first?.figures.find(({ name }) => name === 'steps')?.measured).toBe(1);
}, 60_000);
