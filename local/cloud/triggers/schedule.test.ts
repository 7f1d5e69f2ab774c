import { describe, expect, it } from 'vitest';
import { createCloudClock } from '../runtime/clock.ts';
import { rateMs, startSchedule } from './schedule.ts';

describe('rateMs', () => {
  it.each([
    ['rate(1 minute)', 60_000],
    ['rate(10 minutes)', 600_000],
    ['rate(2 hours)', 7_200_000],
    ['rate(1 day)', 86_400_000],
  ])('parses %s', (expression, expected) => expect(rateMs(expression)).toBe(expected));

  it.each(['cron(0 * * * ? *)', 'at(2026-01-01T00:00:00)', 'rate(1 week)', 'rate(minute)'])(
    'refuses %s',
    (expression) => expect(() => rateMs(expression)).toThrow(`may only be a rate, not ${expression}`),
  );
});

describe('startSchedule', () => {
  it('runs at once, then at each interval, until it is stopped', async () => {
    const clock = createCloudClock();
    let runs = 0;
    const stop = startSchedule(clock, 60_000, async () => {
      runs += 1;
    });
    expect(runs).toBe(1);
    await clock.advance(59_000);
    expect(runs).toBe(1);
    await clock.advance(1_001);
    expect(runs).toBe(2);
    stop();
    await clock.advance(600_000);
    expect(runs).toBe(2);
  });

  it('runs once more for everything that falls due during a run', async () => {
    const clock = createCloudClock();
    const times: number[] = [];
    const ends: (() => void)[] = [];
    const started = clock.now();
    const stop = startSchedule(clock, 60_000, () => {
      times.push(clock.now() - started);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
    await clock.advance(86_400_000);
    expect(times).toHaveLength(1);
    ends[0]?.();
    await clock.advance(0);
    expect(times).toHaveLength(2);
    expect(times[1]).toBeGreaterThanOrEqual(86_400_000);
    ends[1]?.();
    await clock.advance(60_000);
    expect(times).toHaveLength(3);
    stop();
  });
});
