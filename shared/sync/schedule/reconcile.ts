/** Requests a read of everything, on a schedule: deliveries get lost, and some changes have none. */
import type { OrganizationId, SynchronizationId } from '../../domain/ids.ts';
import { namesIn, type ScopeName, type ScopeTraits } from '../../domain/scopes.ts';
import { isImporting, type Synchronization } from '../../domain/synchronization.ts';
import { endsSoon } from '../../forge/credential.ts';
import { findModule, traitsOf } from '../../forge/modules.ts';
import { openAtEdge } from '../../publish/open-at-edge.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { findArchives } from '../../store/archives-store.ts';
import { addAuditEntry } from '../../store/audit-log.ts';
import { describeCredentials, noteEndTold } from '../../store/connection-credentials.ts';
import { loadFacts } from '../../store/fact-store.ts';
import { scansOf } from '../../store/scan-store.ts';
import { listStates, type ScopeState } from '../../store/scope-store.ts';
import {
  findSynchronization,
  listSynchronizations,
  markImportEnded,
} from '../../store/synchronization-store.ts';
import { ConflictError, type Table } from '../../store/table.ts';
import type { WorkItem, WorkQueue } from '../../store/work.ts';
import { archivesWork, hooksWork, scanWork, scopeWork } from '../../store/work-items.ts';
import { retireTokens } from '../../tokens/retire-tokens.ts';
import { reviewRightsOf } from '../run/suspension.ts';
import { replaceRejected } from '../webhooks/replace-installation.ts';
import { deleteUnreadable } from './delete-unreadable.ts';
import { requestAll } from './request-all.ts';
import { reviewExpiries } from './review-expiries.ts';

export interface ReconcileDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** All refs of a repository are listed at least daily. GitHub sends no push event for more than three tags at once. */
const scannedMs = 24 * 3600 * 1000;

/**
 * @returns how many scopes and scans were requested
 * @throws the first error, after all organizations were processed
 */
export async function reconcile(
  dependencies: ReconcileDependencies,
): Promise<{ readonly scopes: number; readonly scans: number }> {
  const requested = { scopes: 0, scans: 0 };
  const failures: unknown[] = [];
  for (const { organization, synchronization } of await listSynchronizations(dependencies.table)) {
    try {
      await reconcileOne(dependencies, organization, synchronization, requested);
    } catch (error) {
      // An error in one organization must not keep the others from being read.
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw failures[0];
  }
  return requested;
}

async function reconcileOne(
  dependencies: ReconcileDependencies,
  organization: OrganizationId,
  synchronization: SynchronizationId,
  requested: { scopes: number; scans: number },
): Promise<void> {
  const { table, logger } = dependencies;
  const known = await findSynchronization(table, synchronization);
  if (known !== undefined) {
    // Uses only the table, and runs before everything that needs the forge: no right may outlive its time because the forge is
    // unavailable.
    await reviewRightsOf(dependencies, known);
    await reviewExpiries(dependencies, known);
    await replaceRejected(dependencies, known);
    await warnOfEnd(dependencies, known);
  }
  if (known !== undefined && findModule(known.forge) === undefined) {
    const { forge } = known;
    logger.error('a synchronization belongs to an unknown forge and cannot be read', {
      organization,
      synchronization,
      forge,
    });
  } else {
    requested.scopes += known === undefined ? 0 : await requestScopes(dependencies, known);
    requested.scans += await requestScans(dependencies, organization, synchronization);
    await requestHooks(dependencies, known);
    await requestArchives(dependencies, known);
  }
  await deleteUnreadable(dependencies, organization);
  await retireTokens(dependencies, organization);
  await openAtEdge(dependencies, organization);
}

/** An access token may end without anything that renews it. Each end is told once, in the log and to owners in their history. */
async function warnOfEnd(
  { table, clock, logger }: ReconcileDependencies,
  { connection, organization, id: synchronization, login }: Synchronization,
): Promise<void> {
  if (!('id' in connection)) {
    return;
  }
  const expiresAt = (await describeCredentials(table, [connection.id])).get(connection.id)?.endsAt;
  if (!endsSoon(expiresAt, clock.now())) {
    return;
  }
  const ends = new Date(expiresAt).toISOString();
  const actor = { kind: 'synchronization', id: synchronization, name: login } as const;
  const entry = { at: clock.now(), by: login, act: 'credential-ends', subject: login, why: '', actor };
  try {
    await table.transact([
      noteEndTold(connection.id, expiresAt),
      addAuditEntry(organization, { ...entry, after: { ends } }, connection.id),
    ]);
  } catch (error) {
    if (error instanceof ConflictError) {
      return;
    }
    throw error;
  }
  logger.warn('a credential ends within a week and is not renewed by itself', {
    ...{ organization, synchronization, ends },
  });
}

/** @returns how many scopes were requested */
async function requestScopes(
  dependencies: ReconcileDependencies,
  synchronization: Synchronization,
): Promise<number> {
  const { organization, id } = synchronization;
  const { table, clock } = dependencies;
  const layout = traitsOf(synchronization.forge).scopes;
  const isLimited = layout.some(({ requestsPerHour }) => requestsPerHour !== undefined);
  const states = isLimited ? await listStates(table, id) : new Map<ScopeName, ScopeState>();
  const due = layout.filter((scope) =>
    isScopeDue(scope, synchronization, states.get(scope.name), clock.now()),
  );
  const scopes = namesIn(due).map((scope) => scopeWork(organization, id, scope));
  // One run takes all requested scopes, so one message is enough.
  await requestAll(dependencies, scopes, 'schedule', scopes.slice(0, 1));
  return scopes.length;
}

/** Hooks are checked, and those that are missing are installed, where the forge needs any. */
async function requestHooks(
  dependencies: ReconcileDependencies,
  synchronization: Synchronization | undefined,
): Promise<void> {
  if (synchronization !== undefined && findModule(synchronization.forge)?.installsHooks === true) {
    const { organization, id } = synchronization;
    await requestAll(dependencies, [hooksWork(organization, id)], 'schedule');
  }
}

/** How often archives that could not be stored are tried again; milliseconds. */
const archivesMs = 24 * 3600 * 1000;
/** How long after an import its archives wait: what people install first is asked for then, and built for them. Milliseconds. */
const afterImportMs = 15 * 60 * 1000;

/** Archives of packages that were imported since the last time, once the import does not need the code host's budget any more. */
async function requestArchives(
  dependencies: ReconcileDependencies,
  synchronization: Synchronization | undefined,
): Promise<void> {
  const { table, clock } = dependencies;
  const now = clock.now();
  if (synchronization?.storesArchives !== true || isImporting(synchronization, now)) {
    return;
  }
  const { organization, id } = synchronization;
  const {
    wanted = 0,
    done = 0,
    startedAt,
    finishedAt = 0,
    importedAt = 0,
  } = (await findArchives(table, id)) ?? {};
  const isDue = startedAt === undefined || importedAt >= startedAt || finishedAt <= now - archivesMs;
  const isQuiet = importedAt <= now - afterImportMs;
  if (isDue && isQuiet && wanted === done) {
    await requestAll(dependencies, [archivesWork(organization, id)], 'schedule');
  }
}

/** @returns how many scans were requested */
async function requestScans(
  dependencies: ReconcileDependencies,
  organization: OrganizationId,
  synchronization: SynchronizationId,
): Promise<number> {
  const { due, isEachScanned } = await scansDue(dependencies, organization, synchronization);
  await requestAll(dependencies, due, 'schedule');
  if (isEachScanned) {
    await endImport(dependencies, synchronization);
  }
  return due.length;
}

const hourMs = 3600_000;

/** Whether the scope is due; one that failed is due at each reconcile. @param now milliseconds since the epoch */
function isScopeDue(
  { name, everyMs = 0, requestsPerHour = Number.POSITIVE_INFINITY }: ScopeTraits,
  { lastSuccessAt }: Synchronization,
  state: Pick<ScopeState, 'requests' | 'readBegunAt'> | undefined,
  now: number,
): boolean {
  const { [name]: lastAt = 0 } = lastSuccessAt;
  const { requests = 0, readBegunAt: begunAt = lastAt } = state ?? {};
  return lastAt <= now - everyMs && begunAt <= now - (requests / requestsPerHour) * hourMs;
}

/** Repositories not scanned for a day, and those with something to retry. One that is already queued is not requested again. */
async function scansDue(
  { table, clock }: ReconcileDependencies,
  organization: OrganizationId,
  synchronization: SynchronizationId,
): Promise<{ readonly due: readonly WorkItem[]; readonly isEachScanned: boolean }> {
  const [repositories, scans] = await Promise.all([
    loadFacts(table, synchronization, 'repository'),
    scansOf(table, synchronization),
  ]);
  const known = new Map(scans.map((scan) => [scan.repository, scan]));
  const due = repositories
    .filter(({ repository }) => {
      const scan = known.get(repository);
      if (scan === undefined) {
        return true;
      }
      const due = scan.unfinished || (scan.lastScannedAt ?? 0) <= clock.now() - scannedMs;
      // One with manifests to be read goes on by itself.
      return due && scan.wanted === scan.done && scan.goOnAt === undefined;
    })
    .map(({ repository }) => scanWork(organization, synchronization, repository));
  return {
    due,
    isEachScanned: repositories.every(({ repository }) => known.get(repository)?.lastScannedAt !== undefined),
  };
}

/** Ends the import: from then on an older repository does not take a package's name from another. */
async function endImport({ table, clock }: ReconcileDependencies, id: SynchronizationId): Promise<void> {
  const synchronization = await findSynchronization(table, id);
  if (synchronization?.importObservedAt !== undefined && isImporting(synchronization, clock.now())) {
    await markImportEnded(table, id, clock.now());
  }
}
