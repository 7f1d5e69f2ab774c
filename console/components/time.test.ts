import { expect, it } from 'vitest';
import { relativeTime } from './time.ts';

const now = Date.parse('2026-11-28T12:00:00Z');
const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

it.each([
  [0, 'now'],
  [-59 * second, 'now'],
  [-60 * second, '1 minute ago'],
  [-119 * minute, '1 hour ago'],
  [-23 * hour, '23 hours ago'],
  [-day, 'yesterday'],
  [-13 * day, 'last week'],
  [-400 * day, 'last year'],
  [2 * day, 'in 2 days'],
])('says %i ms from now as %s', (distance, text) => {
  expect(relativeTime(now + distance, now)).toBe(text);
});
