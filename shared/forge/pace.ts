/** Counts requests to an endpoint or a group of them, so that none is sent beyond a forge's limit. */

export interface PaceLimit {
  readonly requests: number;
  readonly perMs: number;
}

/** Counts the requests of this process. */
export interface Pace {
  /**
   * Counts a request that is about to be sent.
   *
   * @returns undefined, or when it may be sent if not now; milliseconds since the epoch
   */
  take(name: string, limit: PaceLimit): number | undefined;
}

/** @param now milliseconds since the epoch */
export function createPace(now: () => number): Pace {
  const sent = new Map<string, number[]>();
  return {
    take(name, { requests, perMs }) {
      const time = now();
      const recent = (sent.get(name) ?? []).filter((one) => one > time - perMs);
      sent.set(name, recent);
      const [first] = recent;
      if (first !== undefined && recent.length >= requests) {
        return first + perMs;
      }
      recent.push(time);
      return undefined;
    },
  };
}
