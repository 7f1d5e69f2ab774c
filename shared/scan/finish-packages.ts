/** The second half of a scan: archives of new tags, and what owners and readers are shown of each package. */
import type { Organization } from '../domain/organization.ts';
import { createCommitArchives } from '../publish/commit-archives.ts';
import type { StoredPackage } from '../store/package-store.ts';
import type { Lease } from '../store/work.ts';
import { noteFolderReadmes, noteReadme, type ReadmeRecord } from './note-readme.ts';
import { noteRequirements, type RequirementRecord } from './note-requirements.ts';
import { type MovedTag, movedTagsOf, type Notice, noticesOf } from './owner-lines.ts';
import type { RepositoryScan, ScannedPackage } from './scan-package.ts';
import { type StorePendingDependencies, storePendingArchives } from './store-pending-archives.ts';

/** What the scan's item keeps of it. */
export interface FinishedPackages extends Partial<RequirementRecord>, Partial<ReadmeRecord> {
  readonly notices?: readonly Notice[] | undefined;
  readonly movedTags?: readonly MovedTag[] | undefined;
  /** New tags whose archives are not stored yet: the reconcile asks again. */
  readonly unfinished: boolean;
  /** Seconds after which another scan finds more to do. */
  readonly again?: number | undefined;
}

type Existing = ScannedPackage & { readonly found: StoredPackage };

/** As many as fit into an item beside its other attributes. */
const noticesMax = 200;
const movedTagsMax = 20;

export async function finishPackages(
  dependencies: StorePendingDependencies,
  lease: Lease,
  scan: RepositoryScan,
  scanned: readonly ScannedPackage[],
  times: { readonly leaseMs: number; readonly until: number },
): Promise<FinishedPackages> {
  const existing = scanned.filter((one): one is Existing => one.found !== undefined);
  if (existing.length === 0) {
    return { unfinished: false };
  }
  const { organization } = scan.inputs;
  const requirements = existing.flatMap((one) => one.requirements);
  const required = await noteRequirements(dependencies, lease, organization, requirements);
  const readmes = await noteReadmesOf(dependencies, lease, scan, existing);
  const archives = createCommitArchives();
  const all: Awaited<ReturnType<typeof archivesOf>>[] = [];
  try {
    for (const one of existing) {
      all.push(await archivesOf({ ...dependencies, archives }, lease, organization, scan, one, times));
    }
  } finally {
    await archives.close();
  }
  const soon = all.flatMap(({ again }) => again ?? []);
  return {
    ...required,
    ...readmes,
    notices: all.flatMap(({ notices }) => notices).slice(0, noticesMax),
    movedTags: all.flatMap(({ movedTags }) => movedTags).slice(0, movedTagsMax),
    unfinished: all.some(({ count }) => count > 0),
    again: soon.length === 0 ? undefined : Math.min(...soon),
  };
}

async function noteReadmesOf(
  dependencies: StorePendingDependencies,
  lease: Lease,
  { inputs, repository, refs, reader, refused }: RepositoryScan,
  existing: readonly Existing[],
): Promise<Partial<ReadmeRecord>> {
  const about = { organization: inputs.organization.id, repository: repository.fact, refs, reader, refused };
  const root = existing.find(({ found }) => found.directory === '');
  const below = existing.filter(({ found }) => found.directory !== '');
  return {
    ...(root && (await noteReadme(dependencies, lease, { ...about, found: root.found }))),
    ...(below.length > 0 && (await noteFolderReadmes(dependencies, lease, about, below))),
  };
}

async function archivesOf(
  dependencies: StorePendingDependencies,
  lease: Lease,
  organization: Organization,
  { reader }: RepositoryScan,
  { found, noticed, moves, stored: before }: Existing,
  times: { readonly leaseMs: number; readonly until: number },
) {
  const { stored, ...pending } = await storePendingArchives(dependencies, lease, organization, found, {
    reader,
    ...times,
    moves,
    stored: before,
  });
  // In a repository with several packages a version alone does not say whose it is.
  const named = (version: string): string => (found.directory === '' ? version : `${found.name} ${version}`);
  return {
    ...pending,
    notices: noticesOf(stored, noticed).map((one) => ({ ...one, version: named(one.version) })),
    movedTags: movedTagsOf(stored).map((one) => ({ ...one, version: named(one.version) })),
  };
}
