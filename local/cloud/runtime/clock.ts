import type { CloudClock } from './service.ts';

/** The clock of the local cloud: real time plus an offset that only grows. */
export interface SteppableClock extends CloudClock {
  /** Holds the offset in milliseconds as one Float64, for worker threads that shift their own `Date`. */
  readonly shared: SharedArrayBuffer;
  /**
   * Advances the clock by `ms` and fires the timers due by then in order, each at its own time. A timer that another one creates (after one
   * turn of the event loop) fires too if it is due within the same step.
   */
  advance(ms: number): Promise<void>;
  /** Advances the clock by `ms` at once, as on a machine that slept: what fell due meanwhile fires then, once, and is late. */
  jump(ms: number): Promise<void>;
}

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/** setTimeout takes at most 31 bits; a longer wait is split. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Creates the clock. With the buffer of another clock it shares that one's time, for example in a worker. Do not advance such a clock while
 * it waits for timers, since only the advancing side fires early.
 *
 * @param options `behindMs`: so many milliseconds before real time it begins
 */
export function createCloudClock(
  options: { readonly shared?: SharedArrayBuffer; readonly behindMs?: number } = {},
): SteppableClock {
  const shared = options.shared ?? new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  const offset = new Float64Array(shared);
  if (options.behindMs !== undefined) offset[0] = -options.behindMs;
  const timers = new Set<Timer>();
  let wakeUp: NodeJS.Timeout | undefined;

  const now = () => Date.now() + (offset[0] ?? 0);

  function earliest(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) if (first === undefined || timer.due < first.due) first = timer;
    return first;
  }

  function schedule(): void {
    clearTimeout(wakeUp);
    const next = earliest();
    if (next === undefined) return;
    wakeUp = setTimeout(fireDue, Math.min(Math.max(0, next.due - now()), LONGEST_TIMEOUT_MS));
    // A pending timer does not keep the process alive: the servers do.
    wakeUp.unref();
  }

  function fireDue(): void {
    for (let next = earliest(); next !== undefined && next.due <= now(); next = earliest()) {
      timers.delete(next);
      next.run();
    }
    schedule();
  }

  return {
    shared,
    now,
    after(delayMs, run) {
      const timer = { due: now() + Math.max(0, delayMs), run };
      timers.add(timer);
      schedule();
      return () => {
        if (timers.delete(timer)) schedule();
      };
    },
    async advance(ms) {
      const target = now() + ms;
      const moveTo = (time: number) => {
        offset[0] = (offset[0] ?? 0) + Math.max(0, time - now());
      };
      for (let next = earliest(); next !== undefined && next.due <= target; next = earliest()) {
        moveTo(next.due);
        timers.delete(next);
        next.run();
        await new Promise((resolve) => setImmediate(resolve));
      }
      moveTo(target);
      schedule();
    },
    async jump(ms) {
      offset[0] = (offset[0] ?? 0) + Math.max(0, ms);
      fireDue();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
