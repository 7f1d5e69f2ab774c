import type { CloudClock } from '../runtime/service.ts';

const rateExpression = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/;
const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * Milliseconds between two runs of a schedule.
 *
 * @throws Error for anything but `rate(<number> minutes|hours|days)`
 */
export function rateMs(expression: string): number {
  const [, count, unit] = rateExpression.exec(expression) ?? [];
  if (unit !== 'minute' && unit !== 'hour' && unit !== 'day') {
    throw new Error(`ScheduleExpression may only be a rate, not ${expression}`);
  }
  return Number(count) * unitMs[unit];
}

/**
 * Runs at once and then at each interval of the cloud's clock, like a schedule without a start date. Whatever falls due during a run
 * becomes one more run after it: a clock that jumps by a week must not start thousands at once.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based
 *
 * @returns stops the schedule
 */
export function startSchedule(clock: CloudClock, intervalMs: number, run: () => Promise<void>): () => void {
  let cancel = () => {};
  let isStopped = false;
  let isRunning = false;
  let isDueAgain = false;

  async function runOnce(): Promise<void> {
    isRunning = true;
    do {
      isDueAgain = false;
      await run();
    } while (isDueAgain && !isStopped);
    isRunning = false;
  }

  function turn(): void {
    cancel = clock.after(intervalMs, turn);
    if (isRunning) isDueAgain = true;
    else void runOnce();
  }

  turn();
  return () => {
    isStopped = true;
    cancel();
  };
}
