/** The source of all of a simulator's time: limits, tokens, links, lagging reads, deliveries and their time-outs. */
export interface SimulatorClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once the clock has passed `delayMs`. @returns how to cancel it */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: SimulatorClock = {
  now: Date.now,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** ISO 8601 without fractions. */
export function isoSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
