/** What is in folders of a repository at commits, for repositories with several packages. */
import type { ManifestText } from '../composer/scanned-repository.ts';
import type { RepositoryIds } from './repository-ids.ts';

export interface FolderPlace {
  /** 40 hex digits. */
  readonly commit: string;
  /** Empty for the root; else without a slash at its ends. */
  readonly path: string;
  /** The id that a listing gave for the folder, where it gave one. */
  readonly id?: string | undefined;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'submodule';
  /** Equal for two entries only if their contents are. Left out by a forge that gives none. */
  readonly id?: string | undefined;
}

/** A file that two commits do not have alike. */
export interface ChangedFile {
  readonly path: string;
  /** Whether the later commit has it. */
  readonly isThere: boolean;
}

/** Reads folders and files in them. Each list is complete or throws a ForgeError. */
export interface FolderReader {
  /** The contents of the folders, in the order of the places, each of them once; undefined where there is no folder. */
  listFolders(
    repository: RepositoryIds,
    places: readonly FolderPlace[],
  ): Promise<readonly (readonly FolderEntry[] | undefined)[]>;
  /** The texts of files that listings had, in the order of the places. */
  readFiles(repository: RepositoryIds, places: readonly FolderPlace[]): Promise<readonly ManifestText[]>;
  /**
   * The paths of all files called composer.json at a commit, in few requests however many there are. It may leave some out: it is only
   * for proposing which folders have packages.
   */
  findManifests(repository: RepositoryIds, commit: string): Promise<readonly string[]>;
  /**
   * The files that differ between two commits, of a forge whose entries have no ids: only this says which folders are the same. Undefined where the
   * forge does not tell all of them.
   */
  compare?(
    repository: RepositoryIds,
    commits: { readonly from: string; readonly to: string },
  ): Promise<readonly ChangedFile[] | undefined>;
}
