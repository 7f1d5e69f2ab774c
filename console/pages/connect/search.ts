import { type OutcomeSearch, outcomeSearch } from '../../routes/outcome.ts';
import { textOf } from '../../routes/search.ts';

interface ConnectSearch extends OutcomeSearch {
  /** The code host's id of the organization that is chosen. */
  readonly organization?: string | undefined;
}

/** What leads to connecting. */
interface NewSearch {
  /** The slug of the organization that it becomes a part of. */
  readonly into?: string | undefined;
}

export const newSearch = (search: Record<string, unknown>): NewSearch => ({ into: textOf(search.into) });

export const connectSearch = (search: Record<string, unknown>): ConnectSearch => ({
  ...outcomeSearch(search),
  organization: textOf(search.organization),
});
