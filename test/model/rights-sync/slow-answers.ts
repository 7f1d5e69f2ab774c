/** Requests to a simulator on a stepped clock, whose slow answers advance the clock. */
import type { SimulatorClock } from '../../../local/forges/server/clock.ts';
import { plainFetch } from '../../../shared/runtime/plain-fetch.ts';
import type { SteppedClock } from '../sync/stepped-clock.ts';

/** How many requests wait for an answer. */
export interface Waiting {
  underWay: number;
}

/** The simulator's clock: what an answer waits for passes at once. */
export function clockOf(clock: SteppedClock, waiting: Waiting): SimulatorClock {
  return {
    now: clock.now,
    after(ms, run) {
      if (waiting.underWay === 0) {
        return clock.after(ms, run);
      }
      void clock.advance(ms).then(run);
      return () => {};
    },
  };
}

/** Sends a request, and waits for the whole answer. */
export const createAsk =
  (waiting: Waiting): typeof fetch =>
  async (input, init) => {
    waiting.underWay += 1;
    try {
      const response = await plainFetch(input, init);
      const body = await response.arrayBuffer();
      return new Response([204, 304].includes(response.status) ? null : body, response);
    } finally {
      waiting.underWay -= 1;
    }
  };
