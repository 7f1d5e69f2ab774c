import { expect, it } from 'vitest';
import { createSlidingLimits } from './sliding.ts';

it('gives back each request when its time is over, and counts no refused one', () => {
  let now = 0;
  const limits = createSlidingLimits(() => now, 1000);
  const charge = (holder = 'ann') => limits.charge(holder, 2).granted;
  expect(charge()).toBe(true);
  now = 600;
  expect(charge()).toBe(true);
  expect(charge()).toBe(false);
  expect(charge('bob')).toBe(true);
  now = 1000;
  expect(charge()).toBe(true);
  expect(charge()).toBe(false);
  now = 1600;
  expect(charge()).toBe(true);
});

it('forgets on demand', () => {
  const limits = createSlidingLimits(() => 0, 1000);
  limits.charge('ann', 1);
  expect(limits.charge('ann', 1)).toEqual({ used: 1, granted: false });
  limits.renew();
  expect(limits.charge('ann', 1).granted).toBe(true);
});
