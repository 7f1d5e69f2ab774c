/** Where people and clients find a repository on its forge. */

export interface RepositoryLinks {
  /** Where the version control program fetches the repository from. */
  readonly source: { readonly type: 'git' | 'hg' | 'svn'; readonly url: string };
  /**
   * The address of the files at a ref: `{ref}` stands for the ref's name, `{commit}` for its hash. Undefined for a repository on no forge, of which
   * nobody knows a page.
   */
  readonly tree?: string | undefined;
  /** Undefined if the repository accepts no issues. */
  readonly issues?: string | undefined;
  /** What Composer's driver for the forge gives a package whose manifest has no homepage; undefined if it gives none. */
  readonly homepage?: string | undefined;
}

/** The address of the files of one version. Names are inserted unescaped, as in Composer's own drivers. */
export function treeAddress(
  { tree }: RepositoryLinks,
  version: { ref: string; commit: string },
): string | undefined {
  return tree?.replaceAll(/\{(ref|commit)\}/g, (_, part: 'ref' | 'commit') => version[part]);
}

/**
 * Whether Composer's driver marks the default branch, which then stands for the newest version. The drivers of Mercurial and Subversion know it by a
 * reference and not by its name, and so mark none.
 * composer/composer: src/Composer/Repository/{VcsRepository,Vcs/HgDriver,Vcs/SvnDriver}.php
 */
export const marksDefaultBranch = (links: RepositoryLinks | undefined): boolean =>
  links === undefined || links.source.type === 'git';

export function sameLinks(one: RepositoryLinks | undefined, other: RepositoryLinks | undefined): boolean {
  return (
    one?.source.type === other?.source.type &&
    one?.source.url === other?.source.url &&
    one?.tree === other?.tree &&
    one?.issues === other?.issues &&
    one?.homepage === other?.homepage
  );
}
