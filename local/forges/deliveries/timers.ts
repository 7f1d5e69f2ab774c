/** Timers of the simulator's clock that can be cancelled together. */
export interface Timers {
  /** Runs a function later, unless all timers were cancelled. @returns how to cancel it */
  later(delayMs: number, run: () => void): () => void;
  cancelAll(): void;
}

export function createTimers(after: (delayMs: number, run: () => void) => () => void): Timers {
  const cancellations = new Set<() => void>();
  return {
    later(delayMs, run) {
      const forget = after(delayMs, () => {
        cancellations.delete(cancel);
        run();
      });
      const cancel = (): void => {
        cancellations.delete(cancel);
        forget();
      };
      cancellations.add(cancel);
      return cancel;
    },
    cancelAll() {
      for (const cancel of cancellations) cancel();
    },
  };
}
