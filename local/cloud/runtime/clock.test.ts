import { describe, expect, it } from 'vitest';
import { createCloudClock } from './clock.ts';

describe('createCloudClock', () => {
  it('fires timers in order of their time, at their time, whatever the order of creation', async () => {
    const clock = createCloudClock();
    const start = clock.now();
    const fired: [string, number][] = [];
    const note = (name: string) => () => fired.push([name, Math.round((clock.now() - start) / 1000)]);
    clock.after(60_000, note('b'));
    clock.after(10_000, note('a'));
    clock.after(120_000, note('late'));
    const cancel = clock.after(20_000, note('cancelled'));
    cancel();
    await clock.advance(90_000);
    expect(fired).toEqual([
      ['a', 10],
      ['b', 60],
    ]);
    expect(clock.now() - start).toBeGreaterThanOrEqual(90_000);
  });

  it('fires within the same step timers that a timer creates', async () => {
    const clock = createCloudClock();
    let runs = 0;
    const again = () => {
      runs += 1;
      queueMicrotask(() => clock.after(1_000, again));
    };
    clock.after(1_000, again);
    await clock.advance(5_500);
    expect(runs).toBe(5);
  });

  it('advances with real time, too', async () => {
    const clock = createCloudClock();
    await new Promise<void>((resolve) => clock.after(5, resolve));
  });

  it('can begin behind real time, and catch up at once, when what is repeated fires once', async () => {
    const clock = createCloudClock({ behindMs: 3_600_000 });
    expect(Date.now() - clock.now()).toBeGreaterThan(3_599_000);
    let runs = 0;
    const again = () => {
      runs += 1;
      clock.after(60_000, again);
    };
    clock.after(60_000, again);
    await clock.jump(Date.now() - clock.now());
    expect(runs).toBe(1);
    expect(Math.abs(Date.now() - clock.now())).toBeLessThan(1000);
  });

  it('shares its time through the buffer', async () => {
    const clock = createCloudClock();
    const other = createCloudClock({ shared: clock.shared });
    await clock.advance(3_600_000);
    expect(other.now() - Date.now()).toBeGreaterThanOrEqual(3_599_000);
  });
});
