/**
 * One budget per credential, over all workers: who goes on asking a forge that said "not before" is shut out for longer, whichever
 * process asks.
 */

/** How a credential's budget stands; times in milliseconds since the epoch, 0 for none. */
export interface BudgetState {
  /** Nobody asks before. */
  readonly notBefore: number;
  /** By the names in the forge's traits: who does not ask before, because the rest of the budget is for those before it. */
  readonly reservedUntil: Readonly<Record<string, number>>;
  /** Limits without a named end, one soon after the other. */
  readonly hits: number;
}

/** What a forge's answer said about the budget. */
export type BudgetNote =
  /** A limit was met, and the forge named its end. */
  | { readonly met: 'limit'; readonly until: number }
  /** A limit was met without an end. */
  | { readonly met: 'unnamed-limit'; readonly at: number }
  /** So little is left until then that these wait. */
  | { readonly met: 'reserve'; readonly budget: string; readonly until: number };

/** The budget of one credential, shared by all that use it. */
export interface CredentialBudget {
  read(): Promise<BudgetState>;
  /** @returns how the budget stands with it */
  note(note: BudgetNote): Promise<BudgetState>;
}

/** Budgets by the name of their credential. */
export type BudgetOf = (credential: string) => CredentialBudget;

export const freshBudget: BudgetState = {
  notBefore: 0,
  reservedUntil: {},
  hits: 0,
};

const firstWaitMs = 60_000;
const waitMaxMs = 3600_000;

/**
 * How the budget stands after the note. A limit that names no end is waited for a minute, and twice as long each time that it is met
 * again soon after: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
 *
 * Answers to requests that were under way when the limit was met say nothing new.
 *
 * @returns the very state where the note changes nothing
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

/** Until when the budget of that name waits for those before it; 0 if it does not. */
export const reservedUntil = (state: BudgetState, budget: string): number => state.reservedUntil[budget] ?? 0;

const waitAfter = (hits: number): number => Math.min(waitMaxMs, firstWaitMs * 2 ** Math.max(0, hits - 1));

/** Budgets that only this process knows. */
export function createMemoryBudgets(): BudgetOf {
  const states = new Map<string, BudgetState>();
  return (credential) => ({
    read: async () => states.get(credential) ?? freshBudget,
    async note(note) {
      const state = afterNote(states.get(credential) ?? freshBudget, note);
      states.set(credential, state);
      return state;
    },
  });
}
