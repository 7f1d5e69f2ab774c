/** The state as it was so many seconds ago, or undefined if nobody kept it. */
export type Past<State> = (seconds: number) => State | undefined;

export interface PastStates<State> {
  /** Keeps the state as it is now, if anybody may want it. */
  record(): void;
  readonly past: Past<State>;
}

/** How long a state is kept, in milliseconds; no lagging read goes further back. */
const keptMs = 10 * 60 * 1000;

/**
 * Keeps earlier states for reads that lag. To copy the state after every change costs time in large worlds, so only
 * while somebody wants lagging reads; the first copy then stands for all time before it.
 */
export function createPastStates<State extends { readonly deliveries: readonly unknown[] }>(deps: {
  state: State;
  now: () => number;
  wanted: () => boolean;
}): PastStates<State> {
  let kept: { at: number; state: State }[] = [];
  return {
    record() {
      if (!deps.wanted()) {
        kept = [];
        return;
      }
      const now = deps.now();
      kept = kept.filter((entry, index) => entry.at > now - keptMs || index === kept.length - 1);
      // The deliveries are a log of their own and only make the copy large.
      kept.push({ at: now, state: structuredClone({ ...deps.state, deliveries: [] }) });
    },
    past(seconds) {
      const until = deps.now() - seconds * 1000;
      const found = kept.findLast((entry) => entry.at <= until) ?? kept[0];
      return found && { ...found.state, deliveries: deps.state.deliveries };
    },
  };
}
