/**
 * Whether a commit belongs to a repository. That a forge has the commit is no proof: it serves every commit of a fork network under the name
 * of each repository in it, and those of pull requests too.
 */
import type { RepositoryIds } from './forge.ts';

/** What a look-up, or a step of one, says. A failure says none of these: it is an error. */
export type Containment =
  /** A branch or tag of this very repository has it in its history. */
  | { readonly is: 'contained'; readonly commit: string }
  /** None has it, or there is no such commit, or the abbreviation stands for none or for several. */
  | { readonly is: 'not-contained' }
  /**
   * Not all branches and tags were looked at yet. The progress is JSON, and the adapter's own: another process goes on with it. Each step gets
   * further.
   */
  | { readonly is: 'undecided'; readonly progress: unknown };

/** Asks about commits. */
export interface CommitFinder {
  /**
   * One step of a look-up: the default branch first, then the other branches page by page, then the tags; never the refs of pull requests. Leaves
   * the part of the credential's budget alone that is kept for rights.
   *
   * @param hash 40 lower-case hex digits, or an abbreviation of at least 7
   * @param from the progress of an undecided step, to go on from there; what the adapter does not understand, it begins anew from
   * @throws ForgeError `not-found` when there is no such repository; another when the forge does not answer, or its lists do not add up: then
   *   nothing is known
   */
  contains(repository: RepositoryIds, hash: string, from?: unknown): Promise<Containment>;
}
