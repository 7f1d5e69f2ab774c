import type { SimulatorClock } from './clock.ts';

/** A clock that stands still until a test steps it. @param start milliseconds */
export function createTestClock(start: number): SimulatorClock & { step(ms: number): void } {
  let time = start;
  const waiting = new Set<{ at: number; run: () => void }>();
  return {
    now: () => time,
    after(delayMs, run) {
      const entry = { at: time + delayMs, run };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    step(ms) {
      time += ms;
      for (const entry of [...waiting]) {
        if (entry.at > time) continue;
        waiting.delete(entry);
        entry.run();
      }
    },
  };
}
