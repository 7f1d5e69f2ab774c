/** Keeps results of computations on a state, until the state changes or a minute has passed. */
export interface Memory<State> {
  remember<Result>(state: State, key: string, compute: () => Result): Result;
  forget(): void;
}

/** @param now milliseconds */
export function createMemory<State extends object>(now: () => number): Memory<State> {
  let kept = new WeakMap<State, Map<string, unknown>>();
  let minute = -1;
  return {
    remember<Result>(state: State, key: string, compute: () => Result): Result {
      const current = Math.floor(now() / 60_000);
      if (current !== minute) kept = new WeakMap();
      minute = current;
      const results = kept.get(state) ?? new Map<string, unknown>();
      kept.set(state, results);
      if (!results.has(key)) results.set(key, compute());
      return results.get(key) as Result;
    },
    forget() {
      kept = new WeakMap();
    },
  };
}
