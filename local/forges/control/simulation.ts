import { createFaultRegistry, type FaultRegistry } from '../faults/faults.ts';
import type { Intercept } from '../faults/interception.ts';
import type { SimulatorClock } from '../server/clock.ts';
import type { PersistentState } from '../state/open-state.ts';
import { createPastStates, type Past } from '../state/past-states.ts';
import { createRequestLog, type LoggedRequest, type RequestLog } from './request-log.ts';

/** What every running simulator has, whatever its forge. */
export interface Simulation<State, Kind extends string, Entry extends LoggedRequest> {
  readonly faults: FaultRegistry<Kind>;
  readonly requests: RequestLog<Entry>;
  readonly past: Past<State>;
  /** Keeps a copy for lagging reads where one is wanted, and saves the state. */
  changed(): Promise<void>;
  /** Resolves after this long on the simulator's clock. */
  sleep(ms: number): Promise<void>;
  /** Asks the current hook. */
  readonly intercept: Intercept;
  /** Replaces the hook that decides on every request; undefined lets all pass. */
  setIntercept(hook: Intercept | undefined): void;
}

export interface SimulationOptions<State, Delivery> {
  readonly persistent: PersistentState<State, Delivery>;
  readonly clock: SimulatorClock;
  /** The surfaces that have a budget. */
  readonly budgets: readonly string[];
  readonly directory: string;
  readonly log: (line: string) => void;
}

/** Starts what a simulator keeps in memory beside its state, and says if that is of another world. */
export function createSimulation<
  Kind extends string,
  Entry extends LoggedRequest,
  Delivery,
  State extends { readonly deliveries: readonly unknown[] },
>(options: SimulationOptions<State, Delivery>): Simulation<State, Kind, Entry> {
  const { persistent, clock, log } = options;
  if (persistent.otherWorld) {
    log(
      `the world has changed since ${options.directory} was made from it; remove that folder to start from the new one`,
    );
  }
  const faults = createFaultRegistry<Kind>({ added: () => pastStates.record() });
  const pastStates = createPastStates({
    state: persistent.state,
    now: clock.now,
    wanted: () => faults.list().some(({ kind }) => kind === 'lagging-read'),
  });
  let current: Intercept | undefined;
  return {
    faults,
    requests: createRequestLog<Entry>(options.budgets),
    past: pastStates.past,
    async changed() {
      pastStates.record();
      await persistent.save();
    },
    sleep: (ms) => new Promise((resolve) => clock.after(ms, resolve)),
    intercept: (match) => current?.(match),
    setIntercept(hook) {
      current = hook;
    },
  };
}
