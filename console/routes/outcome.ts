import { oneOf, textOf } from './search.ts';

const outcomes = ['done', 'taken', 'refused', 'failed'] as const;

/** What came of going to a code host, as the page that one comes back to is told: docs/api.md */
export interface OutcomeSearch {
  readonly outcome?: (typeof outcomes)[number] | undefined;
  /** A code, where it was refused or failed. */
  readonly reason?: string | undefined;
}

export const outcomeSearch = (search: Record<string, unknown>): OutcomeSearch => ({
  outcome: oneOf(outcomes, search.outcome),
  reason: textOf(search.reason),
});
