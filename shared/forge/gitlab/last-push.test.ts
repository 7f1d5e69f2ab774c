import { expect, test } from 'vitest';
import { lastPushUntil } from './last-push.ts';

const at = (time: string): number => Date.parse(`2026-06-15T${time}Z`);
const until = (activity: string, now: string): string => lastPushUntil(`2026-06-15T${activity}Z`, at(now));

test('R20: a push in the hour after another activity changes what the next read has, though GitLab does not tell', () => {
  const reads = ['12:05:00', '12:15:00', '12:55:00', '13:02:00', '13:12:00'];
  const seen = reads.map((now) => until('12:03:00', now));
  expect(new Set(seen).size).toBe(reads.length);
});

test('a project without an activity for an hour stays as it is', () => {
  expect(until('12:03:00', '13:12:00')).toBe(until('12:03:00', '23:00:00'));
  expect(until('12:03:00', '13:12:00')).not.toBe(until('12:03:01', '13:12:00'));
});

test('the last read of an hour that ends on a step differs from the one before', () => {
  expect(until('12:00:00', '12:59:59')).not.toBe(until('12:00:00', '13:00:00'));
});
