/**
 * Suspends the access of people and teams when some scope has had no complete read for 7 days (an owner's setting),
 * and restores it once every scope was read. Grants stay stored, and organization tokens keep working.
 */
import type { SynchronizationId } from '../../domain/ids.ts';
import { namesIn, type ScopeLayout, scopeNames } from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { findModule } from '../../forge/modules.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { addAuditEntry, fromDelivery } from '../../store/audit-log.ts';
import { findSynchronization, restoreRights, suspendRights } from '../../store/synchronization-store.ts';
import { ConflictError, type Operation, type Table } from '../../store/table.ts';
import { requestWork, type WorkQueue } from '../../store/work.ts';
import { grantsWork } from '../../store/work-items.ts';

const dayMs = 24 * 3600 * 1000;

export interface SuspensionDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/**
 * When the least recently read scope was read; undefined while one was never read. An optional scope that was never
 * read grants nothing, so it does not count.
 */
export function rightsAsOf(
  layout: ScopeLayout,
  { lastSuccessAt }: Pick<Synchronization, 'lastSuccessAt'>,
): number | undefined {
  const counted = layout.filter(
    ({ name, mayBeMissing }) => !mayBeMissing || lastSuccessAt[name] !== undefined,
  );
  const times = counted.map(({ name }) => lastSuccessAt[name]);
  return times.length === 0 || times.includes(undefined)
    ? undefined
    : Math.min(...times.filter((at) => at !== undefined));
}

/**
 * Suspends access that is too old, and restores it when it is current again.
 *
 * @param delivery the webhook delivery that asked for the read before it, for the history
 */
export async function reviewRights(
  dependencies: SuspensionDependencies,
  id: SynchronizationId,
  delivery?: string,
): Promise<void> {
  const synchronization = await findSynchronization(dependencies.table, id);
  if (synchronization !== undefined) {
    await reviewRightsOf(dependencies, synchronization, delivery);
  }
}

/** The same for a synchronization that has just been loaded. */
export async function reviewRightsOf(
  { table, workQueue, clock, logger }: SuspensionDependencies,
  synchronization: Synchronization,
  delivery?: string,
): Promise<void> {
  const { id, forge, lastSuccessAt } = synchronization;
  // For an unknown forge, every scope that was ever read counts.
  const layout = findModule(forge)?.traits.scopes;
  // A scope that was never read grants nothing, but it must not keep the access from the others alive.
  const times = (layout === undefined ? scopeNames : namesIn(layout)).flatMap(
    (scope) => lastSuccessAt[scope] ?? [],
  );
  if (times.length === 0) {
    return;
  }
  const asOf = Math.min(...times);
  const { suspendAfterDays } = synchronization.caution;
  const isStale = clock.now() - asOf >= suspendAfterDays * dayMs;
  if (isStale === (synchronization.rightsSuspendedAt !== undefined)) {
    return;
  }
  const { organization } = synchronization;
  const grants = grantsWork(organization);
  try {
    await table.transact([
      isStale ? suspendRights(id, clock.now()) : restoreRights(id),
      requestWork(grants, clock.now()),
      historyEntry(synchronization, { isStale, asOf, delivery }, clock.now()),
    ]);
  } catch (error) {
    if (error instanceof ConflictError) {
      // Another worker was faster.
      return;
    }
    throw error;
  }
  await workQueue.send([grants.message]);
  if (isStale) {
    logger.error('no complete read for too long: access of users and teams is suspended', {
      days: suspendAfterDays,
      organization,
      synchronization: id,
    });
  } else {
    logger.info('access of users and teams is restored', { organization, synchronization: id });
  }
}

/** The entry in the organization's history. */
function historyEntry(
  { id, organization, login, caution }: Synchronization,
  {
    isStale,
    asOf,
    delivery,
  }: { readonly isStale: boolean; readonly asOf: number; readonly delivery: string | undefined },
  at: number,
): Operation {
  const act = isStale ? 'suspend-access' : 'restore-access';
  const read = new Date(asOf).toISOString();
  const why = isStale
    ? `no complete read for ${caution.suspendAfterDays} days: the last one was at ${read}`
    : `everything was read since ${read}`;
  const actor = { kind: 'synchronization', id, name: login } as const;
  const entry = { at, by: login, act, subject: login, why, actor, ...fromDelivery(delivery) };
  return addAuditEntry(organization, entry, `${id}-${act}`);
}
