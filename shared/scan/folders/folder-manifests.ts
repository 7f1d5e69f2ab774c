/** The folders of a repository that have manifests, at its commits. */
import type { ManifestText } from '../../composer/scanned-repository.ts';

/** A folder with a manifest at a commit. */
export interface FoundFolder {
  readonly directory: string;
  /** Equal for two commits only if all that is in the folder is; undefined where nothing says that. */
  readonly tree: string | undefined;
  /** Which of the texts is its manifest. */
  readonly manifest: string;
}

export interface FolderManifests {
  /** Of each commit that was read. */
  readonly ofCommit: ReadonlyMap<string, readonly FoundFolder[]>;
  readonly texts: ReadonlyMap<string, ManifestText>;
}
