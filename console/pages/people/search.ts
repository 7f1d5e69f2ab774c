/** What the addresses of these pages say besides the path. */
import { oneOf, textOf } from '../../routes/search.ts';

export const personStates = ['active', 'waiting', 'off', 'invited'] as const;

export interface PeopleSearch {
  /** Part of the login. */
  readonly name?: string | undefined;
  readonly state?: (typeof personStates)[number] | undefined;
}

export const peopleSearch = (search: Record<string, unknown>): PeopleSearch => ({
  name: textOf(search.name),
  state: oneOf(personStates, search.state),
});
