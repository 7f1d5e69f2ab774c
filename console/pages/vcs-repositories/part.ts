import type { VcsRepository, Which } from './queries.ts';

/** What each part of the page of a repository gets. */
export interface PartProps extends Which {
  readonly repository: VcsRepository;
  /** A new reading was asked for: what was read before says nothing of it. */
  onAsked(): void;
}
