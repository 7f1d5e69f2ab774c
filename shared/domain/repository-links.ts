/** Where people and clients find a repository on its forge. */

export interface RepositoryLinks {
  /** Where the version control program fetches the repository from. */
  readonly source: { readonly type: 'git' | 'hg' | 'svn'; readonly url: string };
  /** The address of the files at a ref: `{ref}` stands for the ref's name, `{commit}` for its hash. */
  readonly tree: string;
  /** Undefined if the repository accepts no issues. */
  readonly issues?: string | undefined;
  /** What Composer's driver for the forge gives a package whose manifest has no homepage; undefined if it gives none. */
  readonly homepage?: string | undefined;
}

/** The address of the files of one version. Names are inserted unescaped, as in Composer's own drivers. */
export function treeAddress({ tree }: RepositoryLinks, version: { ref: string; commit: string }): string {
  return tree.replaceAll(/\{(ref|commit)\}/g, (_, part: 'ref' | 'commit') => version[part]);
}

export function sameLinks(one: RepositoryLinks | undefined, other: RepositoryLinks | undefined): boolean {
  return (
    one?.source.type === other?.source.type &&
    one?.source.url === other?.source.url &&
    one?.tree === other?.tree &&
    one?.issues === other?.issues &&
    one?.homepage === other?.homepage
  );
}
