/** How much of a limit is used. */
export interface Usage {
  readonly used: number;
  /** When it is reset; milliseconds. */
  readonly resetAt: number;
}

/** Limits on points per window of time, for each holder. */
export interface Windows {
  usage(holder: string): Usage;
  /** Charges points if enough are left; otherwise nothing is left until the window ends. Negative points are a refund. */
  charge(holder: string, limit: number, points: number): Usage & { readonly granted: boolean };
  /** Starts a new window for everybody. */
  renew(): void;
}

/** Creates fixed windows, each of which starts with the holder's first request. @param now milliseconds */
export function createWindows(now: () => number, lengthMs: number): Windows {
  const windows = new Map<string, { used: number; resetAt: number }>();

  function windowOf(holder: string) {
    const known = windows.get(holder);
    if (known !== undefined && known.resetAt > now()) return known;
    const fresh = { used: 0, resetAt: now() + lengthMs };
    windows.set(holder, fresh);
    return fresh;
  }

  return {
    usage: (holder) => ({ ...windowOf(holder) }),
    charge(holder, limit, points) {
      const window = windowOf(holder);
      const granted = window.used + points <= limit;
      window.used = granted ? window.used + points : Math.max(limit, window.used);
      return { ...window, granted };
    },
    renew: () => windows.clear(),
  };
}
