/** Finds the packages below the root of a repository, in the folders that its owner's globs name. */

import type { PackageSource } from '../domain/package.ts';
import type { Clock } from '../runtime/clock.ts';
import { isOfSource } from '../store/package-store.ts';
import type { Table } from '../store/table.ts';
import { folderMatcher, foldersMax } from './folders/folder-globs.ts';
import { type FolderPackage, folderPackages } from './folders/folder-packages.ts';
import { keepFolders, loadFolders } from './folders/kept-folders.ts';
import { readFolders } from './folders/read-folders.ts';
import type { LeftOutRef } from './owner-lines.ts';
import type { RepositoryScan } from './scan-package.ts';

export interface FoundFolders {
  readonly packages: readonly FolderPackage[];
  readonly leftOut: readonly LeftOutRef[];
  /** Whether the commit's folders were read. */
  readonly isRead: (commit: string) => boolean;
  /** How many commits were not read yet, and when that goes on; milliseconds since the epoch. */
  readonly unread: number;
  readonly goOnAt: number | undefined;
}

const nothing: FoundFolders = {
  packages: [],
  leftOut: [],
  isRead: () => true,
  unread: 0,
  goOnAt: undefined,
};

/**
 * @param rootName the name of the package in the root
 * @param until when no new request begins; milliseconds since the epoch
 * @throws ForgeError when not even the first commits can be read
 */
export async function findFolders(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  source: PackageSource,
  { inputs, repository, reader, refs, packages }: Omit<RepositoryScan, 'claims'>,
  { rootName, until }: { readonly rootName: string | undefined; readonly until: number },
): Promise<FoundFolders> {
  const known = packages.filter((one) => one.directory !== '' && isOfSource(one));
  const globs = inputs.folders;
  if (globs.length === 0 && known.length === 0) {
    return nothing;
  }
  if (globs.length > 0 && reader.folders === undefined) {
    return nothing;
  }
  if (reader.folders === undefined || globs.length === 0) {
    // Nobody wants them any more: they keep what their tags gave, as where a manifest is gone.
    const manifests = { ofCommit: new Map(), texts: new Map() };
    return { ...nothing, ...folderPackages({ refs, manifests, rootName, known }) };
  }
  const kept = await loadFolders(table, source.synchronization, source.repository, globs);
  const commits = commitsOf(refs);
  const read = await readFolders({
    reader: reader.folders,
    repository: repository.fact,
    matcher: folderMatcher(globs),
    commits,
    known: kept,
    now: () => clock.now(),
    until,
  });
  await keepFolders(table, source.synchronization, source.repository, {
    globs,
    before: kept,
    found: read,
    now: clock.now(),
  });
  const main = refs.branches.find(({ name }) => name === refs.defaultBranch)?.commit;
  const leftOut = [...read.tooMany].map((commit) => ({
    ref: `folders at commit ${commit.slice(0, 12)}`,
    reason: `More than ${foldersMax} folders fit the patterns, or too many would have to be searched. Nothing below the root is changed by this commit; make the patterns narrower.`,
  }));
  if (main !== undefined && !read.ofCommit.has(main)) {
    return { ...nothing, leftOut, isRead: () => false };
  }
  const found = folderPackages({ refs, manifests: read, rootName, known });
  const missing = commits.filter((commit) => !read.ofCommit.has(commit) && !read.tooMany.has(commit));
  return {
    packages: found.packages,
    leftOut: [...leftOut, ...found.leftOut],
    isRead: (commit) => read.ofCommit.has(commit),
    unread: missing.length,
    goOnAt: read.goOnAt,
  };
}

/** Each once: the default branch first, since it says which packages there are, then tags from the newest to the oldest. */
function commitsOf({ tags, branches, defaultBranch }: RepositoryScan['refs']): readonly string[] {
  const byDate = tags.toSorted((one, other) => (one.date < other.date ? 1 : -1));
  const main = branches.filter(({ name }) => name === defaultBranch);
  const others = branches.filter(({ leftOut }) => leftOut === undefined);
  return [...new Set([...main, ...byDate, ...others].map(({ commit }) => commit))];
}
