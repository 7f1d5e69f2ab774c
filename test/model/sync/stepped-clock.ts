/** A clock that stands still but for `advance`, and runs on its way what was to be run later. */
export interface SteppedClock {
  now(): number;
  after(delayMs: number, run: () => void): () => void;
  /** Goes on, and stops at each timer on the way until what it began is done. */
  advance(ms: number): Promise<void>;
  /** When the next timer runs, in milliseconds since the epoch. */
  nextTimer(): number | undefined;
  /** Forgets all timers, and goes to a time. */
  set(time: number): void;
}

/** @param done resolves when what a timer began is done */
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
