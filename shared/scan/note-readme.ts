/** Keeps the readme at the tip of the default branch, for who looks at the package. */
import { z } from 'zod';
import type { RepositoryFact } from '../domain/facts.ts';
import type { OrganizationId } from '../domain/ids.ts';
import { ForgeError } from '../forge/errors.ts';
import type { ContentReader, ForgeRepository } from '../forge/forge.ts';
import type { Logger } from '../runtime/logger.ts';
import type { StoredPackage } from '../store/package-store.ts';
import { putReadme } from '../store/readme-store.ts';
import type { Table } from '../store/table.ts';
import { type Lease, leaseHeld } from '../store/work.ts';
import type { FoundVersion } from './plan-versions.ts';

interface ReadmeInputs {
  readonly organization: OrganizationId;
  readonly found: Pick<StoredPackage, 'number' | 'directory'>;
  readonly repository: RepositoryFact;
  readonly refs: Pick<ForgeRepository, 'branches' | 'defaultBranch'>;
  readonly reader: ContentReader;
  /** Commits that an owner refused: nothing of them is kept. */
  readonly refused: ReadonlyMap<string, unknown>;
}

/** What the scan's item keeps of it. */
export interface ReadmeRecord {
  /** The package and commit whose readme was kept last. */
  readonly readmeOf: string;
  /** The same of packages below the root: what their folders had, by their numbers. */
  readonly readmesOf: Readonly<Record<string, string>>;
}

/**
 * Reads the readme if the default branch has another commit than at the last scan: then one request. Versions matter more: where the
 * code host does not answer, the next scan tries again.
 */
export async function noteReadme(
  { table, logger }: { readonly table: Table; readonly logger: Pick<Logger, 'warn'> },
  lease: Lease,
  { organization, found, repository, refs, reader, refused }: ReadmeInputs,
): Promise<Pick<ReadmeRecord, 'readmeOf'> | undefined> {
  const commit = refs.branches.find(({ name }) => name === refs.defaultBranch)?.commit;
  if (reader.readReadme === undefined || commit === undefined) {
    return undefined;
  }
  const { number, directory } = found;
  const readmeOf = `${number} ${commit}${refused.has(commit) ? ' refused' : ''}`;
  if (lease.item.readmeOf === readmeOf) {
    return undefined;
  }
  try {
    const readme = refused.has(commit)
      ? undefined
      : await reader.readReadme(repository, { commit, directory });
    await table.transact([
      leaseHeld(lease),
      putReadme(organization, number, readme && { ...readme, commit }),
    ]);
    return { readmeOf };
  } catch (error) {
    if (!(error instanceof ForgeError)) {
      throw error;
    }
    logger.warn('the readme of a package could not be read', { organization, package: number, error });
    return undefined;
  }
}

/** Of how many folders a scan reads readmes: each takes a request, and the others have their turn at the next scan. */
const folderReadmesMax = 25;

/** Reads the readmes of packages below the root whose folders changed on the default branch. */
export async function noteFolderReadmes(
  dependencies: Parameters<typeof noteReadme>[0],
  lease: Lease,
  about: Omit<ReadmeInputs, 'found'>,
  packages: readonly {
    readonly found: ReadmeInputs['found'];
    /** The default branch's version. */
    readonly tip: Pick<FoundVersion, 'commit' | 'folder'> | undefined;
  }[],
): Promise<Pick<ReadmeRecord, 'readmesOf'>> {
  const before = Readmes.parse(lease.item.readmesOf);
  const after: Record<string, string> = {};
  let reads = 0;
  for (const { found, tip } of packages) {
    if (tip === undefined) continue;
    const key = String(found.number);
    const mark = tip.folder?.tree ?? tip.commit;
    if (before[key] === mark || reads === folderReadmesMax) {
      Object.assign(after, before[key] !== undefined && { [key]: before[key] });
      continue;
    }
    reads += 1;
    const item = { ...lease.item, readmeOf: undefined };
    const noted = await noteReadme(dependencies, { ...lease, item }, { ...about, found });
    Object.assign(after, noted && { [key]: mark });
  }
  return { readmesOf: after };
}

const Readmes = z.record(z.string(), z.string()).catch({});
