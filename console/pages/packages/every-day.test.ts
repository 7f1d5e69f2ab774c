import { expect, it } from 'vitest';
import { everyDay } from './every-day.ts';

it('has the days without installations too, up to today', () => {
  const days = everyDay([{ day: '2026-11-28', count: 3 }], 3, Date.parse('2026-11-29T00:30:00Z'));
  expect(days).toEqual([
    { day: '2026-11-27', count: 0 },
    { day: '2026-11-28', count: 3 },
    { day: '2026-11-29', count: 0 },
  ]);
});
