import type { CloudClock } from './service.ts';

/** The clock of the local cloud: real time plus an offset that only grows. */
export interface SteppableClock extends CloudClock {
  /** Holds the offset in milliseconds as one Float64, for worker threads that shift their own `Date`. */
  readonly shared: SharedArrayBuffer;
  /**
   * Moves time on by `ms` and fires what falls due on the way, each at its own time, in order. What a timer sets
   * up (after one turn of the event loop) fires too if it falls into the same step.
   */
  advance(ms: number): Promise<void>;
}

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/** setTimeout takes no more than 31 bits; a longer wait is split. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Creates the clock. Give it the buffer of another clock to share that one's time, for example in a worker; such a
 * clock must not be advanced while it waits for timers, since only the advancing side fires early.
 */
export function createCloudClock(options: { readonly shared?: SharedArrayBuffer } = {}): SteppableClock {
  const shared = options.shared ?? new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  const offset = new Float64Array(shared);
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
    // A pending timer keeps no process alive: the servers do.
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
  };
}
