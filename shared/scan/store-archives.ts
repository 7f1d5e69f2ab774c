/**
 * Stores the archives of stable versions before anybody asks for them, in turns, with what others leave of the code host's budget. Each pass goes over
 * all packages and stores the newest missing ones of each, so that no package waits until another one's oldest are there.
 */
import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { ForgeError, type ForgeErrorCode } from '../forge/errors.ts';
import type { ContentReader } from '../forge/forge.ts';
import { type BuildDistDependencies, buildDist } from '../publish/build-dist.ts';
import { createCommitArchives } from '../publish/commit-archives.ts';
import { delaySecondsUntil } from '../runtime/retries.ts';
import { leaseMsOf } from '../runtime/time-limits.ts';
import {
  type ArchivesState,
  noteArchives,
  noteUnavailable,
  packagesAfter,
  parseArchives,
} from '../store/archives-store.ts';
import { findOrganization } from '../store/organization-store.ts';
import { distsOfPackage, isLiving, type StoredPackage, versionsOfPackage } from '../store/package-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import {
  completeWork,
  type Lease,
  releaseLease,
  takeLease,
  underLease,
  type WorkQueue,
} from '../store/work.ts';
import { archivesWork } from '../store/work-items.ts';
import { missingArchives } from './missing-archives.ts';

export interface StoreArchivesDependencies extends Omit<BuildDistDependencies, 'reader' | 'archives'> {
  readonly workQueue: WorkQueue;
  readonly readerOf: (
    synchronization: Synchronization,
    repository: ForgeRepositoryId,
  ) => Promise<Pick<ContentReader, 'readArchive'>>;
}

const leaseMs = leaseMsOf('scan-repository');
/** How long a turn begins new archives: scans share its function, and get theirs in between. Milliseconds. */
const turnMs = 30_000;
/** How long one archive may take here. Larger ones are built when somebody asks for them. Milliseconds. */
const archiveMs = 60_000;
const pauseSeconds = 2;
/** Packages that are read at a time. */
const pageSize = 25;
/** Each pass takes so many times as many of a package as the one before, from 1. */
const growth = 5;
/** Of a package in a folder of its repository: archives of so many commits are on the disk at the same time, for all packages of the repository. */
const folderMax = 5;
/** How many in a row the code host may refuse, for its limits or for another reason, before the turn ends. */
const refusedMax = 3;
/** When to go on after failures, with a credential that does not work, and where others build what is missing; milliseconds. */
const failedMs = 15 * 60_000;
const rejectedMs = 3600_000;
const quietMs = 60_000;

const ofCredential: ReadonlySet<ForgeErrorCode> = new Set([
  'credential-rejected',
  'insufficient-scope',
  'sso-required',
]);

/** @returns `unknown` when there is no such synchronization */
export async function storeArchives(
  dependencies: StoreArchivesDependencies,
  id: SynchronizationId,
): Promise<'done' | 'idle' | 'busy' | 'unknown'> {
  const { table, clock } = dependencies;
  const known = await findSynchronization(table, id);
  if (known === undefined) {
    return 'unknown';
  }
  const workItem = archivesWork(known.organization, id);
  const lease = await takeLease(table, workItem, {
    leaseId: dependencies.newLeaseId(),
    now: clock.now(),
    leaseMs,
  });
  if (lease === 'idle' || lease === 'busy') {
    return lease;
  }
  return underLease<'done'>(table, lease, async () => {
    // Under the lease: what an owner sets from now on requests the work again.
    const [synchronization, organization] = await Promise.all([
      findSynchronization(table, id),
      findOrganization(table, known.organization),
    ]);
    if (synchronization?.storesArchives !== true || organization === undefined) {
      await complete(dependencies, lease, {});
      return 'done';
    }
    await storeInTurn(dependencies, lease, organization, synchronization);
    return 'done';
  });
}

/** Where a pass is, as the work item keeps it. */
type Pass = Required<Pick<ArchivesState, 'after' | 'isLeft' | 'hasStored'>> & { readonly pass: number };

const beginning = (pass: number): Pass => ({ pass, after: 0, isLeft: false, hasStored: false });

async function storeInTurn(
  dependencies: StoreArchivesDependencies,
  lease: Lease,
  organization: Organization,
  synchronization: Synchronization,
): Promise<void> {
  const { table, clock } = dependencies;
  const { pass: number, after, isLeft, hasStored, startedAt } = parseArchives(lease.item);
  const started = number === undefined ? clock.now() : startedAt;
  const turn = createTurn(dependencies, organization, synchronization);
  let pass: Pass = number === undefined ? beginning(0) : { pass: number, after, isLeft, hasStored };
  try {
    for (let isMore = true; isMore; ) {
      const page = await packagesAfter(table, organization.id, pass.after, pageSize);
      for (const found of page) {
        const visit = isDue(found, synchronization) ? await turn.visit(found, pass.pass) : nothingLeft;
        pass = {
          ...pass,
          isLeft: pass.isLeft || visit.isLeft,
          hasStored: pass.hasStored || visit.hasStored,
        };
        if (turn.isOver()) {
          return await goOn(dependencies, lease, { ...pass, startedAt: started }, turn.notBefore());
        }
        pass = { ...pass, after: found.number };
      }
      isMore = page.length === pageSize;
    }
    if (!pass.isLeft) {
      return await complete(dependencies, lease, { startedAt: started, finishedAt: clock.now() });
    }
    // What a pass without any archive left is being built by others, or waits for a limit.
    const notBefore = pass.hasStored ? undefined : (turn.limitedUntil() ?? clock.now() + quietMs);
    await goOn(dependencies, lease, { ...beginning(pass.pass + 1), startedAt: started }, notBefore);
  } finally {
    await turn.close();
  }
}

/** Whether archives of the package may be missing. */
const isDue = (found: StoredPackage, { id }: Synchronization): boolean =>
  found.synchronization === id &&
  found.imported &&
  isLiving(found) &&
  (found.archives === undefined || found.archives.stored < found.archives.wanted);

interface Visit {
  readonly isLeft: boolean;
  readonly hasStored: boolean;
}

const nothingLeft: Visit = { isLeft: false, hasStored: false };

interface Turn {
  /** Stores some archives of the package. */
  visit(found: StoredPackage, pass: number): Promise<Visit>;
  /** Whether the last visit was ended by the time, or by the code host. */
  isOver(): boolean;
  /** When to go on; undefined: as soon as others had their turn. Milliseconds since the epoch. */
  notBefore(): number | undefined;
  /** Until when the code host refuses some archives; milliseconds since the epoch. */
  limitedUntil(): number | undefined;
  close(): Promise<void>;
}

type Outcome =
  | { readonly is: 'stored' | 'busy' | 'unavailable' | 'rejected' }
  | { readonly is: 'limited'; readonly until: number };

function createTurn(
  dependencies: StoreArchivesDependencies,
  organization: Organization,
  synchronization: Synchronization,
): Turn {
  const { table, clock } = dependencies;
  const until = clock.now() + turnMs;
  const builder = createBuilder(dependencies, organization, synchronization);
  let isOver = false;
  let notBefore: number | undefined;
  let limitedUntil: number | undefined;
  let refused = 0;

  function end(at: number | undefined): void {
    isOver = true;
    notBefore = at;
  }

  /** @returns whether the package's other archives may be tried */
  function note(outcome: Outcome): boolean {
    if (outcome.is === 'busy') return true;
    refused = outcome.is === 'stored' ? 0 : refused + 1;
    const isRefused = refused >= refusedMax;
    if (outcome.is === 'limited') {
      limitedUntil = Math.min(limitedUntil ?? Number.POSITIVE_INFINITY, outcome.until);
      if (isRefused) end(limitedUntil);
      return false;
    }
    if (outcome.is === 'rejected') end(clock.now() + rejectedMs);
    else if (isRefused) end(clock.now() + failedMs);
    return !isOver;
  }

  return {
    async visit(found, pass) {
      if (clock.now() >= until) {
        end(undefined);
        return nothingLeft;
      }
      const [versions, dists] = await Promise.all([
        versionsOfPackage(table, organization.id, found.number),
        distsOfPackage(table, organization.id, found.number),
      ]);
      const { missing, ...before } = missingArchives(versions, dists, clock.now());
      const counts = { ...before };
      for (const commit of missing.slice(0, mostOf(found, pass))) {
        if (clock.now() >= until) {
          end(undefined);
          break;
        }
        const outcome = await builder.build(found, commit);
        counts.stored += outcome.is === 'stored' ? 1 : 0;
        counts.unavailable += outcome.is === 'unavailable' ? 1 : 0;
        if (!note(outcome)) break;
      }
      await noteArchives(table, organization.id, found, counts);
      return {
        // This pass comes back to a package that the end of a turn cut off.
        isLeft: !isOver && counts.stored + counts.unavailable < counts.wanted,
        hasStored: counts.stored > before.stored,
      };
    },
    isOver: () => isOver,
    notBefore: () => notBefore,
    limitedUntil: () => limitedUntil,
    close: builder.close,
  };
}

/** How many archives of the package a pass stores. */
function mostOf({ directory }: StoredPackage, pass: number): number {
  const most = growth ** pass;
  return directory === '' ? most : Math.min(most, folderMax);
}

function createBuilder(
  dependencies: StoreArchivesDependencies,
  { id: organization, slug }: Organization,
  synchronization: Synchronization,
) {
  const { table, clock, logger } = dependencies;
  const archives = createCommitArchives();
  const opened = new Map<ForgeRepositoryId, ReturnType<StoreArchivesDependencies['readerOf']>>();
  const reader = async ({ repository }: StoredPackage): Promise<Pick<ContentReader, 'readArchive'>> => {
    const known = opened.get(repository) ?? dependencies.readerOf(synchronization, repository);
    opened.set(repository, known);
    const { readArchive } = await known;
    return { readArchive: (ids, commit, signal) => readArchive(ids, commit, signal, { isSpare: true }) };
  };

  async function unavailable(found: StoredPackage, commit: string, reason: string): Promise<Outcome> {
    logger.warn('an archive that nobody asked for could not be stored', {
      ...{ package: found.name, commit, reason },
    });
    await noteUnavailable(table, organization, found, commit, clock.now());
    return { is: 'unavailable' };
  }

  return {
    close: archives.close,
    async build(found: StoredPackage, commit: string): Promise<Outcome> {
      const signal = AbortSignal.timeout(archiveMs);
      try {
        const { is } = await buildDist(
          { ...dependencies, archives, reader },
          { organization, slug, found, commit, signal, leaseMs },
        );
        return is === 'stored' || is === 'busy' ? { is } : await unavailable(found, commit, is);
      } catch (error) {
        if (!(error instanceof ForgeError)) {
          if (!signal.aborted) throw error;
          return unavailable(found, commit, 'too-slow');
        }
        if (error.code === 'rate-limited') {
          return { is: 'limited', until: error.notBefore ?? clock.now() + failedMs };
        }
        return ofCredential.has(error.code) ? { is: 'rejected' } : unavailable(found, commit, error.code);
      }
    },
  };
}

/** Leaves the rest to another turn: the work stays requested. */
async function goOn(
  { table, clock, workQueue }: StoreArchivesDependencies,
  lease: Lease,
  state: Pass & { readonly startedAt: number | undefined },
  notBefore: number | undefined,
): Promise<void> {
  // The message must not come before the lease's end.
  await releaseLease(table, lease, notBefore === undefined ? undefined : notBefore - 500, { ...state });
  const seconds = notBefore === undefined ? pauseSeconds : delaySecondsUntil(notBefore, clock.now());
  await workQueue.send([lease.workItem.message], seconds);
}

async function complete(
  { table, workQueue }: StoreArchivesDependencies,
  lease: Lease,
  times: Partial<Pick<ArchivesState, 'startedAt' | 'finishedAt'>>,
): Promise<void> {
  const ended = { pass: undefined, after: undefined, isLeft: undefined, hasStored: undefined };
  if ((await completeWork(table, lease, { ...ended, ...times })) === 'more') {
    await workQueue.send([lease.workItem.message]);
  }
}
