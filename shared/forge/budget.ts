/** One budget per credential, shared by all workers: a forge extends its limit when any process sends requests before the end it gave. */

import { type Granted, type Reservation, type Reserved, reserveIn } from './request-window.ts';

/** The state of a credential's budget; times in milliseconds since the epoch, 0 for none. */
export interface BudgetState {
  /** No worker sends a request before this time. */
  readonly notBefore: number;
  /** Until when each budget in the forge's traits waits, because the rest is reserved for the budgets listed before it. */
  readonly reservedUntil: Readonly<Record<string, number>>;
  /** How many limits without a stated end were met in close succession. */
  readonly hits: number;
  /** Requests within the sliding time of a limit, where the forge does not tell what is left of it. */
  readonly reserved?: Reserved | undefined;
}

/** What a response of the forge says about the budget. */
export type BudgetNote =
  /** A limit was met, and the forge stated its end. */
  | { readonly met: 'limit'; readonly until: number }
  /** A limit was met, without a stated end. */
  | { readonly met: 'unnamed-limit'; readonly at: number }
  /** So little is left until then that this budget has to wait. */
  | { readonly met: 'reserve'; readonly budget: string; readonly until: number };

/** The budget of one credential, shared by all that use it. */
export interface CredentialBudget {
  read(): Promise<BudgetState>;
  /** @returns the state of the budget after the note */
  note(note: BudgetNote): Promise<BudgetState>;
  /** Reserves requests within a limit that the forge counts and does not tell; each budget has one such limit. */
  reserve(reservation: Reservation): Promise<Granted>;
}

/** Finds the budget by the name of its credential. */
export type BudgetOf = (credential: string) => CredentialBudget;

export const freshBudget: BudgetState = {
  notBefore: 0,
  reservedUntil: {},
  hits: 0,
};

const firstWaitMs = 60_000;
const waitMaxMs = 3600_000;

/**
 * The state of the budget after the note. A limit without a stated end is waited for a minute, then twice as long each time that it is met
 * again soon after:
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
 *
 * Responses to requests that were under way when the limit was met change nothing.
 *
 * @returns the same object when the note changes nothing
 */
export function afterNote(state: BudgetState, note: BudgetNote): BudgetState {
  switch (note.met) {
    case 'limit':
      return note.until > state.notBefore ? { ...state, notBefore: note.until } : state;
    case 'reserve':
      return note.until > reservedUntil(state, note.budget)
        ? { ...state, reservedUntil: { ...state.reservedUntil, [note.budget]: note.until } }
        : state;
    case 'unnamed-limit': {
      if (note.at < state.notBefore) {
        return state;
      }
      const lastWait = waitAfter(state.hits);
      const hits = note.at < state.notBefore + lastWait ? state.hits + 1 : 1;
      return { ...state, hits, notBefore: note.at + waitAfter(hits) };
    }
  }
}

/** Until when the budget of that name has to wait; 0 if it does not. */
export const reservedUntil = (state: BudgetState, budget: string): number => state.reservedUntil[budget] ?? 0;

const waitAfter = (hits: number): number => Math.min(waitMaxMs, firstWaitMs * 2 ** Math.max(0, hits - 1));

/** Budgets in this process's memory. */
export function createMemoryBudgets(): BudgetOf {
  const states = new Map<string, BudgetState>();
  return (credential) => ({
    read: async () => states.get(credential) ?? freshBudget,
    async note(note) {
      const state = afterNote(states.get(credential) ?? freshBudget, note);
      states.set(credential, state);
      return state;
    },
    async reserve(reservation) {
      const state = states.get(credential) ?? freshBudget;
      const { reserved, answer } = reserveIn(state.reserved ?? {}, reservation);
      states.set(credential, { ...state, reserved });
      return answer;
    },
  });
}
