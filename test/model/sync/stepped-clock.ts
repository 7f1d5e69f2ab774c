/** A clock that moves only by `advance`, which runs the timers that fall due. */
export interface SteppedClock {
  now(): number;
  after(delayMs: number, run: () => void): () => void;
  /** Moves on, and waits at each timer until its work is done. */
  advance(ms: number): Promise<void>;
  /** When the next timer is due, in milliseconds since the epoch. */
  nextTimer(): number | undefined;
  /** Removes all timers and sets the time. */
  set(time: number): void;
}

/** @param done resolves when the work that a timer began is done */
export function createSteppedClock(start: number, done: () => Promise<void>): SteppedClock {
  let time = start;
  let timers: { at: number; run: () => void }[] = [];
  const next = () =>
    timers.reduce<(typeof timers)[number] | undefined>(
      (first, timer) => (first === undefined || timer.at < first.at ? timer : first),
      undefined,
    );
  const forget = (timer: (typeof timers)[number]): void => {
    timers = timers.filter((other) => other !== timer);
  };
  return {
    now: () => time,
    after(delayMs, run) {
      const timer = { at: time + delayMs, run };
      timers.push(timer);
      return () => forget(timer);
    },
    async advance(ms) {
      const end = time + Math.max(0, ms);
      for (let timer = next(); timer !== undefined && timer.at <= end; timer = next()) {
        time = Math.max(time, timer.at);
        forget(timer);
        timer.run();
        await done();
      }
      time = Math.max(time, end);
    },
    nextTimer: () => next()?.at,
    set(to) {
      time = to;
      timers = [];
    },
  };
}
