import { type OutcomeSearch, outcomeSearch } from '../../routes/outcome.ts';
import { textOf } from '../../routes/search.ts';

interface ConnectSearch extends OutcomeSearch {
  /** The code host's id of the organization that is chosen. */
  readonly organization?: string | undefined;
}

export const connectSearch = (search: Record<string, unknown>): ConnectSearch => ({
  ...outcomeSearch(search),
  organization: textOf(search.organization),
});
