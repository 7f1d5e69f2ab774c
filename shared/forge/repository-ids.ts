import type { RepositoryFact } from '../domain/facts.ts';

/** Which repository to read: the ids of a RepositoryFact, and its name as last read. Without handle and name more requests may be made. */
export type RepositoryIds = Pick<RepositoryFact, 'repository' | 'handle'> &
  Partial<Pick<RepositoryFact, 'fullName'>>;
