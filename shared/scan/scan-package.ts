/** Brings one package of a repository in step with what a scan found of it. */

import type { OrganizationId } from '../domain/ids.ts';
import type { PackageSource, WaitingName } from '../domain/package.ts';
import type { ContentReader, ForgeRepository } from '../forge/forge.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { type StoredPackage, type StoredVersion, versionsOfPackage } from '../store/package-store.ts';
import type { RefusedCommit } from '../store/refused-commit-store.ts';
import type { RequirementRow } from '../store/requirement-store.ts';
import type { Table } from '../store/table.ts';
import type { Lease, WorkQueue } from '../store/work.ts';
import { type AboutRepository, applyVersions, recordImported, recordMoved } from './apply-scan.ts';
import { claimName } from './claim-name.ts';
import type { LoggedChange } from './log-scan.ts';
import { requirementRows } from './note-requirements.ts';
import type { LeftOutRef, NoticedVersion } from './owner-lines.ts';
import { loadPackageState, type PackageState } from './package-state.ts';
import {
  type AcceptedMove,
  acceptedMoves,
  afterChanges,
  type FoundVersion,
  planVersions,
  type VersionChange,
  type VersionState,
} from './plan-versions.ts';
import type { Unread } from './read-refs.ts';
import { requestHooks } from './request-hooks.ts';
import type { ScanInputs } from './scan-inputs.ts';
import { withinSizes } from './version-sizes.ts';

export interface ScanPackageDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** What a scan knows of its repository. */
export interface RepositoryScan {
  readonly inputs: ScanInputs;
  readonly repository: NonNullable<ScanInputs['repository']>;
  readonly reader: ContentReader;
  /** Without refs whose manifests were not read. */
  readonly refs: ForgeRepository;
  readonly unread: Unread;
  /** Commits that an owner refused. */
  readonly refused: ReadonlyMap<string, RefusedCommit>;
  /** The packages of the repository, in all of its folders. */
  readonly packages: readonly StoredPackage[];
  /** See `claimsOf`. */
  readonly claims: Set<string>;
}

/** What a scan found of a package, before it is compared with what is stored. */
export interface FoundPackage {
  readonly source: PackageSource;
  readonly name: string | undefined;
  /** Undefined when the refs say nothing reliable about the existing package. */
  readonly versions: readonly FoundVersion[] | undefined;
  /** Whether nothing is known of the ref's version. */
  readonly isUnread: (kind: 'tag' | 'branch', name: string) => boolean;
  /** Whether nothing was left unread. */
  readonly isWhole: boolean;
}

/**
 * What the rest of the scan needs of a package. A repository may have a hundred packages with a thousand versions each, whose manifests do not fit into
 * the function's memory together: only those of versions whose tag moved are kept.
 */
export interface ScannedPackage {
  /** Undefined where there is no package. */
  readonly found: StoredPackage | undefined;
  /** What is stored of the package after the scan's changes. */
  readonly stored: readonly VersionState[];
  /** Versions with something that is left out of their manifests. */
  readonly noticed: readonly NoticedVersion[];
  readonly moves: readonly AcceptedMove[];
  /** The default branch's version, without its manifest. */
  readonly tip: Pick<FoundVersion, 'commit' | 'folder'> | undefined;
  readonly requirements: readonly RequirementRow[];
  readonly waiting: readonly WaitingName[];
  readonly changes: readonly LoggedChange[];
  readonly leftOut: readonly LeftOutRef[];
}

/** @throws ConflictError when the name passed meanwhile, or the lease did */
export async function scanPackage(
  dependencies: ScanPackageDependencies,
  lease: Lease,
  scan: RepositoryScan,
  one: FoundPackage,
): Promise<ScannedPackage> {
  const { table } = dependencies;
  const { organization } = scan.inputs;
  const state = await loadPackageState(table, organization.id, scan.packages, one.source, one.name);
  const known = new Set(state.versions.map(({ versionNormalized }) => versionNormalized));
  const { versions, leftOut } = withinSizes(one.versions ?? [], known);
  const held = await packageOf(dependencies, lease, scan, one, state);
  if ('waiting' in held || held.found === undefined || one.versions === undefined) {
    return { ...nothingFound, leftOut, waiting: 'waiting' in held ? held.waiting : [] };
  }
  const { found, current } = held;
  const { refs, unread } = scan;
  const changes = planVersions({
    current,
    found: versions,
    tagCommits: new Map([...refs.tags, ...unread.tags].map((tag) => [tag.name, tag.commit])),
    isImport: !found.imported,
    refused: scan.refused,
    isUnread: one.isUnread,
  });
  warnOfMoves(dependencies, organization.id, found, changes);
  const commits = [...refs.tags, ...refs.branches, ...unread.refs].map(({ commit }) => commit);
  await dependencies.workQueue.send(
    // The commits that refs point to now are recorded: their archives may be built without a look-up.
    await applyVersions(dependencies, lease, organization.id, found, changes, new Set(commits)),
  );
  if (!found.imported && one.isWhole) {
    await recordImported(dependencies, lease, organization.id, found);
  }
  const stored = afterChanges(current, changes);
  const main = versions.find(({ isDefaultBranch }) => isDefaultBranch);
  return {
    ...{ found, stored, waiting: [], leftOut },
    noticed: versions.filter((version) => version.leftOut.length > 0).map(noticedVersion),
    moves: acceptedMoves(stored, versions),
    tip: main && { commit: main.commit, folder: main.folder },
    requirements: requirementRows(found.number, versions, organization.ownedVendors),
    changes: changes.map(({ kind, version, reason }) => ({ kind, version: version.version, reason })),
  };
}

const nothingFound = {
  ...{ found: undefined, stored: [], noticed: [], moves: [], tip: undefined, requirements: [], changes: [] },
} as const;

const noticedVersion = ({
  version,
  versionNormalized,
  commit,
  isDefaultBranch,
  leftOut,
}: FoundVersion): NoticedVersion => ({ version, versionNormalized, commit, isDefaultBranch, leftOut });

type HeldPackage =
  | { readonly found: StoredPackage | undefined; readonly current: readonly StoredVersion[] }
  | { readonly waiting: readonly WaitingName[] };

/** The stored package, in step with its repository; made now if its name may be taken. */
async function packageOf(
  dependencies: ScanPackageDependencies,
  lease: Lease,
  { inputs, repository, refs, claims }: RepositoryScan,
  { source, name }: FoundPackage,
  state: PackageState,
): Promise<HeldPackage> {
  const { table, workQueue } = dependencies;
  const { organization } = inputs;
  const about: AboutRepository = { archived: repository.fact.archived, links: refs.links };
  await workQueue.send(await recordMoved(dependencies, lease, organization.id, state, about));
  if (state.current || name === undefined) {
    return { found: state.current, current: state.versions };
  }
  const claimed = await claimName(dependencies, lease, inputs, { repository, about, source, name, claims });
  if ('waiting' in claimed) {
    return { waiting: [claimed.waiting] };
  }
  const found = claimed.made;
  await requestHooks(dependencies, inputs.synchronization);
  // The same source's packages under other names stay installable and point to this one.
  const moved = { ...state, current: found };
  await workQueue.send(await recordMoved(dependencies, lease, organization.id, moved, about));
  // It got back what it had before.
  return {
    found,
    current: found.imported ? await versionsOfPackage(table, organization.id, found.number) : [],
  };
}

function warnOfMoves(
  { logger }: ScanPackageDependencies,
  organization: OrganizationId,
  { name }: StoredPackage,
  changes: readonly VersionChange[],
): void {
  for (const { version } of changes) {
    if (version.movedTo !== undefined) {
      logger.warn('a tag moved, and its version keeps the first commit', {
        organization,
        package: name,
        tag: version.refName,
        commit: version.commit,
        movedTo: version.movedTo,
      });
    }
  }
}
