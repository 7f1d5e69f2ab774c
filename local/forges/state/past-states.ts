/** The state as it was so many seconds ago; undefined if it was not kept. */
export type Past<State> = (seconds: number) => State | undefined;

export interface PastStates<State> {
  /** Keeps a copy of the current state, if lagging reads may need it. */
  record(): void;
  readonly past: Past<State>;
}

/** How long a state is kept, in milliseconds; the limit of a lagging read. */
const keptMs = 10 * 60 * 1000;

/**
 * Keeps earlier states for lagging reads. Copying the state after every change is slow in large worlds, so it is only done while there are
 * faults of that kind; the first copy then stands for all time before it.
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
      // Without the deliveries, which have a log of their own and would only make the copy large.
      kept.push({ at: now, state: structuredClone({ ...deps.state, deliveries: [] }) });
    },
    past(seconds) {
      const until = deps.now() - seconds * 1000;
      const found = kept.findLast((entry) => entry.at <= until) ?? kept[0];
      return found && { ...found.state, deliveries: deps.state.deliveries };
    },
  };
}
