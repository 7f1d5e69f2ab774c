/**
 * One budget per credential, over all workers: who goes on asking a forge that said "not before" is shut out for longer, whichever
 * process asks.
 */

/** How a credential's budget stands; times in milliseconds since the epoch, 0 for none. */
export interface BudgetState {
  /** Nobody asks before. */
  readonly notBefore: number;
  /** What can wait does not ask before: the rest of the budget is for rights. */
  readonly contentsNotBefore: number;
  /** Nor do archives that somebody waits for. */
  readonly archivesNotBefore: number;
  /** Limits without a named end, one soon after the other. */
  readonly hits: number;
}

/** What a forge's answer said about the budget. */
export type BudgetNote =
  /** A limit was met, and the forge named its end. */
  | { readonly met: 'limit'; readonly until: number }
  /** A limit was met without an end. */
  | { readonly met: 'unnamed-limit'; readonly at: number }
  /** Little is left until then. */
  | { readonly met: 'reserve'; readonly until: number }
  /** So little that archives wait too. */
  | { readonly met: 'archive-reserve'; readonly until: number };

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
  contentsNotBefore: 0,
  archivesNotBefore: 0,
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
      return note.until > state.contentsNotBefore ? { ...state, contentsNotBefore: note.until } : state;
    case 'archive-reserve':
      return note.until > state.archivesNotBefore ? { ...state, archivesNotBefore: note.until } : state;
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
