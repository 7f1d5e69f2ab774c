/** Which folders a commit has, by what differs between it and a commit whose folders are known. Pure. */
import { posix } from 'node:path';
import type { ChangedFile, FolderPlace } from '../../forge/folders.ts';
import type { FolderMatcher } from './folder-globs.ts';
import type { FoundFolder } from './folder-manifests.ts';

const manifestFile = 'composer.json';

export interface ComparedFolders {
  readonly found: readonly FoundFolder[];
  /** Manifests that are to be read, by the keys of their texts. */
  readonly files: ReadonlyMap<string, FolderPlace>;
}

/** The id of a folder's contents where the forge gives none: as of the commit that changed them last, as far as commits were compared. */
export const idAt = (commit: string, path: string): string => `${commit}:${path}`;

/** @param before the folders of the other commit @param changed all files that differ */
export function foldersAfter(
  before: readonly FoundFolder[],
  changed: readonly ChangedFile[],
  { commit, matcher }: { readonly commit: string; readonly matcher: FolderMatcher },
): ComparedFolders {
  const files = new Map<string, FolderPlace>();
  const manifests = new Map(changed.map(({ path, isThere }) => [path, isThere]));
  const read = (directory: string): string => {
    const path = `${directory}/${manifestFile}`;
    const key = idAt(commit, path);
    files.set(key, { commit, path });
    return key;
  };
  const isChanged = (directory: string): boolean =>
    changed.some(({ path }) => path === directory || path.startsWith(`${directory}/`));
  const kept = before.flatMap((folder): readonly FoundFolder[] => {
    const { directory } = folder;
    const isThere = manifests.get(`${directory}/${manifestFile}`);
    if (isThere === false) return [];
    if (!isChanged(directory)) return [folder];
    const manifest = isThere === true ? read(directory) : folder.manifest;
    return [{ directory, tree: idAt(commit, directory), manifest }];
  });
  const known = new Set(before.map(({ directory }) => directory));
  const added = changed.flatMap(({ path, isThere }): readonly FoundFolder[] => {
    const directory = posix.dirname(path);
    const isNew =
      isThere &&
      posix.basename(path) === manifestFile &&
      !known.has(directory) &&
      matcher.isPackage(directory);
    return isNew ? [{ directory, tree: idAt(commit, directory), manifest: read(directory) }] : [];
  });
  return { found: [...kept, ...added], files };
}
