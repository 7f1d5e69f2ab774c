/** What a scan found in a repository: the input of versions.ts. */

/** Bytes of the longest composer.json that is read: more than any manifest has. */
export const manifestBytesMax = 1024 * 1024;

/**
 * Why no text can be had of what is called composer.json at a commit: it is no UTF-8, longer than `manifestBytesMax`, no file, or a
 * symbolic link that leads to none.
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
  | 'link-to-submodule';

/** The composer.json of a commit, or the file of the repository that it is a symbolic link to. */
export interface ManifestText {
  /** Its text; undefined if there is no such file, or a problem with it. */
  readonly manifest: string | undefined;
  readonly manifestProblem?: ManifestProblem | undefined;
}

export interface ScannedRef extends ManifestText {
  readonly name: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** When the commit was made, ISO 8601. */
  readonly date: string;
  /** Composer's driver for the forge does not list it, and why: a sentence for the package's owner. It gives no version and no link. */
  readonly leftOut?: string | undefined;
}

export interface ScannedRepository {
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
  /** Why there is no version of it: sentences for the package's owner. */
  readonly reason: string;
  /** true if somebody should mend a manifest; false if the ref is just not meant to be a version. */
  readonly isError: boolean;
}
