/** What the addresses of these pages say besides the path. */
import { oneOf } from '../../routes/search.ts';

export const personStates = ['active', 'waiting', 'off', 'invited'] as const;

export interface PeopleSearch {
  readonly state?: (typeof personStates)[number] | undefined;
}

export const peopleSearch = (search: Record<string, unknown>): PeopleSearch => ({
  state: oneOf(personStates, search.state),
});
