/** What a scan found in a repository: the input of versions.ts. */

export interface ScannedRef {
  readonly name: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** When the commit was made, ISO 8601. */
  readonly date: string;
  /** The text of composer.json at that commit, undefined if there is none. */
  readonly manifest: string | undefined;
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
