/** The contents of a repository as a scan reads them: the input of versions.ts. */

/** Maximal bytes of a composer.json that is read, more than any real manifest has. */
export const manifestBytesMax = 1024 * 1024;

/**
 * Why the composer.json at a commit has no readable text: it is not UTF-8, longer than `manifestBytesMax`, not a file, or a symbolic link
 * that does not lead to a file. Of links below the root (`link-in-folder`) none is followed.
 */
export type ManifestProblem =
  | 'not-utf-8'
  | 'too-large'
  | 'folder'
  | 'submodule'
  | 'link-to-outside'
  | 'link-to-nothing'
  | 'link-to-link'
  | 'link-to-folder'
  | 'link-to-submodule'
  | 'link-in-folder';

/** The composer.json of a commit, or the file in the repository that it links to. */
export interface ManifestText {
  /** Its text; undefined if there is no such file, or it has a problem. */
  readonly manifest: string | undefined;
  readonly manifestProblem?: ManifestProblem | undefined;
}

export interface ScannedRef extends ManifestText {
  readonly name: string;
  /** For a tag whose name has the package's name before the version: the version in it. Default: the whole name. */
  readonly versionName?: string | undefined;
  /** As ForgeRef has it. */
  readonly commit: string;
  /** When the commit was made, ISO 8601. */
  readonly date: string;
  /**
   * Why Composer's driver for the forge does not list the ref: a sentence for the package's owner. Such a ref gives no version and no link.
   */
  readonly leftOut?: string | undefined;
}

export interface ScannedRepository {
  /** In the order of the forge's own list. */
  readonly tags: readonly ScannedRef[];
  readonly branches: readonly ScannedRef[];
  readonly defaultBranch: string | undefined;
  readonly archived: boolean;
}

export interface RefName {
  readonly kind: 'tag' | 'branch';
  readonly name: string;
}

export interface SkippedRef {
  readonly ref: RefName;
  /** Why the ref gives no version: sentences for the package's owner. */
  readonly reason: string;
  /** true if a manifest should be fixed; false if the ref is just not meant to be a version. */
  readonly isError: boolean;
}
