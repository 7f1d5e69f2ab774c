/** Asks for everything to be read again, on a schedule: deliveries get lost, and some changes have none. */
import { scopeNames } from '../domain/facts.ts';
import type { OrganizationId, SynchronizationId } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Waker } from '../runtime/wake.ts';
import { loadFacts } from '../store/fact-store.ts';
import { scansOf } from '../store/scan-store.ts';
import { listSynchronizations } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { scanThing, scopeThing } from '../store/things.ts';
import type { WorkThing } from '../store/work.ts';
import { retireTokens } from '../tokens/retire-tokens.ts';
import { deleteUnreadable } from './delete-unreadable.ts';
import { raiseAll } from './raise-all.ts';
import { reattachRejected } from './reattach.ts';
import { reviewRights } from './suspension.ts';

export interface ReconcileDependencies {
  readonly table: Table;
  readonly waker: Waker;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/** All refs of a repository are listed at least daily. GitHub sends no push event for more than three tags at once. */
const scannedMs = 24 * 3600 * 1000;

/** @returns how much was asked for */
export async function reconcile(
  dependencies: ReconcileDependencies,
): Promise<{ readonly scopes: number; readonly scans: number }> {
  const asked = { scopes: 0, scans: 0 };
  for (const { organization, synchronization } of await listSynchronizations(dependencies.table)) {
    await reattachRejected(dependencies, synchronization);
    const scopes = scopeNames.map((scope) => scopeThing(organization, synchronization, scope));
    const scans = await scansDue(dependencies, organization, synchronization);
    // One run takes all scopes that are asked for, so one message is enough.
    await raiseAll(dependencies, scopes, 'schedule', scopes.slice(0, 1));
    await raiseAll(dependencies, scans, 'schedule');
    await reviewRights(dependencies, synchronization);
    await deleteUnreadable(dependencies, organization);
    await retireTokens(dependencies, organization);
    asked.scopes += scopes.length;
    asked.scans += scans.length;
  }
  return asked;
}

/** Repositories not scanned for a day, and those where something is to be tried again. One being scanned now is not asked for twice. */
async function scansDue(
  { table, clock }: ReconcileDependencies,
  organization: OrganizationId,
  synchronization: SynchronizationId,
): Promise<readonly WorkThing[]> {
  const [repositories, scans] = await Promise.all([
    loadFacts(table, synchronization, 'repository'),
    scansOf(table, synchronization),
  ]);
  const known = new Map(scans.map((scan) => [scan.repository, scan]));
  return repositories
    .filter(({ repository }) => {
      const scan = known.get(repository);
      if (scan === undefined) {
        return true;
      }
      const due = scan.unfinished || (scan.lastScannedAt ?? 0) <= clock.now() - scannedMs;
      return due && scan.wanted === scan.done;
    })
    .map(({ repository }) => scanThing(organization, synchronization, repository));
}
