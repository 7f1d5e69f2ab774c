/** Limits on requests within the time before each request, for each holder. */
export interface SlidingLimits {
  /** Counts a request if the limit allows it. A refused one does not count. */
  charge(holder: string, limit: number): { readonly used: number; readonly granted: boolean };
  /** Forgets all requests. */
  renew(): void;
}

/** @param now milliseconds @param lengthMs of the time that counts */
export function createSlidingLimits(now: () => number, lengthMs: number): SlidingLimits {
  /** Times of the requests that count, oldest first, from `first` on. */
  const holders = new Map<string, { times: number[]; first: number }>();
  return {
    charge(holder, limit) {
      const known = holders.get(holder) ?? { times: [], first: 0 };
      holders.set(holder, known);
      const oldest = now() - lengthMs;
      while ((known.times[known.first] ?? Number.POSITIVE_INFINITY) <= oldest) known.first += 1;
      if (known.first > 1000) {
        known.times.splice(0, known.first);
        known.first = 0;
      }
      const used = known.times.length - known.first;
      if (used >= limit) return { used, granted: false };
      known.times.push(now());
      return { used: used + 1, granted: true };
    },
    renew: () => holders.clear(),
  };
}
