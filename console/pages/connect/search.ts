import { oneOf, textOf } from '../../routes/search.ts';

const outcomes = ['done', 'taken', 'refused', 'failed'] as const;

interface ConnectSearch {
  /** What the code host answered. */
  readonly outcome?: (typeof outcomes)[number] | undefined;
  /** The code host's id of the organization that is chosen. */
  readonly organization?: string | undefined;
}

export const connectSearch = (search: Record<string, unknown>): ConnectSearch => ({
  outcome: oneOf(outcomes, search.outcome),
  organization: textOf(search.organization),
});
