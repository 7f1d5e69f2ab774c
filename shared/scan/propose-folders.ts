/** Looks now and then whether a repository has manifests below its root, which its owner may make packages of. */
import { z } from 'zod';
import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import { ForgeError } from '../forge/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { loadChunks, putChunks } from '../store/chunk-store.ts';
import { chunkNames } from '../store/keys.ts';
import { parseScan, type ScanState } from '../store/scan-store.ts';
import type { Table } from '../store/table.ts';
import type { Lease } from '../store/work.ts';
import { proposeGlobs } from './folders/propose-globs.ts';
import type { RepositoryScan } from './scan-package.ts';

/** How often at most: a request or two each time. Milliseconds. */
const everyMs = 24 * 3600_000;
/** How long the paths of manifests are kept for owners who try patterns; milliseconds. */
const keptMs = 90 * 24 * 3600_000;
/** Of a repository; more are no packages that anybody wants. */
const pathsMax = 5000;

/** What the scan's item keeps of it. */
interface ProposedRecord {
  readonly proposed: ScanState['proposed'];
}

/**
 * Looks if the default branch has another commit than at the last time. Versions matter more: where the code host does not answer, a later scan
 * tries again.
 *
 * @returns undefined where what is stored stays
 */
export async function proposeFolders(
  {
    table,
    clock,
    logger,
  }: { readonly table: Table; readonly clock: Clock; readonly logger: Pick<Logger, 'warn'> },
  lease: Lease,
  { inputs, repository, reader, refs }: Pick<RepositoryScan, 'inputs' | 'repository' | 'reader' | 'refs'>,
): Promise<ProposedRecord | undefined> {
  const root = refs.branches.find(({ name }) => name === refs.defaultBranch);
  const commit = root?.commit;
  const { proposed: before, lastScannedAt } = parseScan({ ...lease.workItem.key, ...lease.item });
  const isDue = before === undefined || before.lookedAt + everyMs <= clock.now();
  // An import has no requests to spare for repositories that have a package already: a later scan looks.
  if (lastScannedAt === undefined && root?.manifest !== undefined) {
    return undefined;
  }
  if (reader.folders === undefined || commit === undefined || before?.commit === commit || !isDue) {
    return undefined;
  }
  try {
    const paths = await reader.folders.findManifests(repository.fact, commit);
    const { globs, count } = proposeGlobs(paths);
    const expiresAt = Math.ceil((clock.now() + keptMs) / 1000);
    const name = chunkNames.manifestPaths(repository.fact.repository);
    await putChunks(table, inputs.synchronization.id, name, paths.toSorted().slice(0, pathsMax), expiresAt);
    return { proposed: { globs: [...globs], count, commit, lookedAt: clock.now() } };
  } catch (error) {
    if (!(error instanceof ForgeError)) {
      throw error;
    }
    logger.warn('the folders of a repository could not be looked through', {
      repository: repository.fact.repository,
      code: error.code,
    });
    return undefined;
  }
}

export interface ManifestPaths {
  /** Of all files called composer.json on the default branch, as they were when the repository was looked through. */
  readonly paths: readonly string[];
}

/** No paths where the repository was not looked through yet. */
export async function loadManifestPaths(
  table: Table,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
): Promise<ManifestPaths> {
  const stored = await loadChunks(table, synchronization, chunkNames.manifestPaths(repository));
  return { paths: z.array(z.string()).safeParse(stored).data ?? [] };
}
