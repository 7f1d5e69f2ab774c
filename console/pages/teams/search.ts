/** What the address of a team says besides the path. */
import { oneOf } from '../../routes/search.ts';

export const teamTabs = ['members', 'packages', 'rights'] as const;

export interface TeamSearch {
  readonly tab?: (typeof teamTabs)[number] | undefined;
}

export const teamSearch = (search: Record<string, unknown>): TeamSearch => ({
  tab: oneOf(teamTabs, search.tab),
});
