import { expect, it } from 'vitest';
import { deliveryRememberedMs } from './forge-traits.ts';

const dayMs = 24 * 3600_000;

it('keeps the record of a delivery longer than its forge may repeat it, and never for less than four days', () => {
  expect(deliveryRememberedMs({ deliveriesKeptMs: 0 })).toBe(4 * dayMs);
  expect(deliveryRememberedMs({ deliveriesKeptMs: 3 * dayMs })).toBe(4 * dayMs);
  expect(deliveryRememberedMs({ deliveriesKeptMs: 7 * dayMs })).toBe(8 * dayMs);
});
