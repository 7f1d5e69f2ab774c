/**
 * Whether a commit belongs to a repository. That the forge serves it is no proof: it serves every commit of a fork network, and of pull
 * requests, under the name of each repository in the network.
 */
import type { RepositoryIds } from './forge.ts';

/** The result of a look-up, or of a step of one. A failure is an error instead. */
export type Containment =
  /** A branch or tag of this repository has the commit in its history. */
  | { readonly is: 'contained'; readonly commit: string }
  /** None has it, the commit does not exist, or the abbreviation matches none or several. */
  | { readonly is: 'not-contained' }
  /**
   * Some branches and tags were not checked yet. The progress is JSON in the adapter's own form, for another process to continue from. Each
   * step makes progress.
   */
  | { readonly is: 'undecided'; readonly progress: unknown };

/** Finds out whether a repository contains a commit. */
export interface CommitFinder {
  /**
   * One step of a look-up: the default branch first, then the other branches page by page, then the tags; never the refs of pull requests.
   * Does not use the part of the credential's budget that is reserved for rights.
   *
   * @param hash 40 lower-case hex digits, or an abbreviation of at least 7; of Subversion the MD5 of a reference (dist-reference.ts)
   * @param from the progress of an undecided step, to continue from; an adapter that does not understand it starts over
   * @throws ForgeError `not-found` when there is no such repository; another when the forge does not answer or its lists do not match their
   * totals: then nothing is known
   */
  contains(repository: RepositoryIds, hash: string, from?: unknown): Promise<Containment>;
}
