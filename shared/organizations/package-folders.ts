/** Which folders of a repository have packages: what owners set, and what their patterns would find. */
import { CallerError } from '../domain/caller-error.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { type RepositoryOf, repositoryKey } from '../domain/repository-key.ts';
import { isVcsSynchronization } from '../domain/vcs-repository.ts';
import { moduleOf } from '../forge/modules.ts';
import {
  FolderGlobError,
  folderMatcher,
  foldersMax,
  parseFolderGlobs,
} from '../scan/folders/folder-globs.ts';
import { loadManifestPaths, type ManifestPaths } from '../scan/propose-folders.ts';
import { findFolderGlobs, findScans, setFolderGlobs } from '../store/scan-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { requestWork } from '../store/work.ts';
import { scanWork } from '../store/work-items.ts';
import { repositoryOf } from './list-repositories.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import type { RefuseDependencies } from './refuse-commits.ts';

export interface PackageFolders {
  readonly repository: string;
  /** What is set; none where only the root may be a package. */
  readonly patterns: readonly string[];
  /** What a scan proposes, where it found manifests below the root. */
  readonly proposed: readonly string[];
  /** When the repository was looked through; milliseconds since the epoch, undefined if it was not yet. */
  readonly lookedAt: number | undefined;
  /** The folders that the asked patterns would make packages of, or else those that are set. */
  readonly found: { readonly patterns: readonly string[]; readonly folders: readonly string[] };
}

/**
 * @param id as in `repositoryKey`
 * @param asked patterns to try; default: those that are set
 * @throws CallerError for a repository that the organization does not have, and for patterns that cannot be set
 */
export async function packageFoldersOf(
  table: Table,
  organization: Organization,
  id: string,
  asked: readonly string[] | undefined,
): Promise<PackageFolders> {
  const { synchronization, fact } = await repositoryOf(table, organization, id);
  const of = { synchronization, repository: fact.repository };
  const [patterns, paths, [scan]] = await Promise.all([
    findFolderGlobs(table, of.synchronization, of.repository),
    loadManifestPaths(table, of.synchronization, of.repository),
    findScans(table, [of]),
  ]);
  const tried = asked === undefined ? patterns : parsed(asked);
  return {
    repository: fact.fullName,
    patterns,
    proposed: scan?.proposed?.globs ?? [],
    lookedAt: scan?.proposed?.lookedAt,
    found: { patterns: tried, folders: foldersIn(paths, tried) },
  };
}

/** The patterns that are set. @throws CallerError for a repository that the organization does not have */
export async function folderPatternsOf(
  table: Table,
  organization: Organization,
  id: string,
): Promise<readonly string[]> {
  const { synchronization, fact } = await repositoryOf(table, organization, id);
  return findFolderGlobs(table, synchronization, fact.repository);
}

export interface FoldersChoice {
  /** As in `repositoryKey`. */
  readonly id: string;
  readonly patterns: readonly string[];
  /** The patterns that they replace; default: those that are set. */
  readonly from?: readonly string[] | undefined;
}

/**
 * Sets the patterns, and asks for a scan.
 *
 * @returns the repository, and the patterns as they are stored
 * @throws CallerError as above, and where the code host's folders cannot be read
 * @throws ConflictError where others are set by now
 */
export async function setPackageFolders(
  dependencies: RefuseDependencies,
  organization: Organization,
  { id, patterns, from }: FoldersChoice,
  by: Accountable,
): Promise<RepositoryOf & { readonly patterns: readonly string[] }> {
  const { table, workQueue, clock } = dependencies;
  const globs = parsed(patterns);
  const { synchronization, fact } = await repositoryOf(table, organization, id);
  const found = { synchronization, repository: fact.repository };
  if (globs.length > 0) {
    await requireFolders(table, synchronization);
  }
  const folders = foldersIn(await loadManifestPaths(table, synchronization, fact.repository), globs);
  if (folders.length > foldersMax) {
    throw new CallerError(
      'invalid',
      `${folders.length} folders fit these patterns, and at most ${foldersMax} of a repository can be packages; make the patterns narrower`,
    );
  }
  const before = from ?? (await findFolderGlobs(table, synchronization, fact.repository));
  const scan = scanWork(organization.id, synchronization, fact.repository);
  const subject = `${fact.fullName} (${repositoryKey(found)})`;
  await table.transact([
    setFolderGlobs(synchronization, fact.repository, globs, before),
    requestWork(scan, clock.now(), { cause: 'other folders have packages' }),
    // So that what somebody else set a moment ago is not lost.
    ownerAct(dependencies, organization.id, by, 'set-package-folders', subject, {
      before: { patterns: before },
      after: { patterns: globs },
    }),
  ]);
  await workQueue.send([scan.message]);
  return { ...found, patterns: globs };
}

/** The programs read folders of every repository at a URL. @throws CallerError where the code host's cannot be read */
async function requireFolders(table: Table, synchronization: SynchronizationId): Promise<void> {
  if (isVcsSynchronization(synchronization)) {
    return;
  }
  const forge = (await findSynchronization(table, synchronization))?.forge;
  const module = forge === undefined ? undefined : moduleOf(forge);
  if (module?.readsFolders !== true) {
    throw new CallerError(
      'invalid',
      `folders of repositories on ${module?.name ?? 'this code host'} cannot be packages; only the composer.json in the root is read`,
    );
  }
}

function parsed(patterns: readonly string[]): readonly string[] {
  try {
    return parseFolderGlobs(patterns);
  } catch (error) {
    if (error instanceof FolderGlobError) {
      throw new CallerError('invalid', error.message);
    }
    throw error;
  }
}

function foldersIn({ paths }: ManifestPaths, globs: readonly string[]): readonly string[] {
  const { isPackage } = folderMatcher(globs);
  return paths.map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))).filter(isPackage);
}
