/** Reads everything now, at an owner's request. */
import { namesIn } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { traitsOf } from '../forge/modules.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Table } from '../store/table.ts';
import type { WorkQueue } from '../store/work.ts';
import { scopeWork } from '../store/work-items.ts';
import { requestAll } from '../sync/schedule/request-all.ts';
import { progressSince, type ScopeProgress } from './scope-progress.ts';

export interface SynchronizeNowDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

export interface AskedScopes {
  /** When the read was requested, ISO 8601; passed back to ask for its progress. */
  readonly asked: string;
  readonly isDone: boolean;
  readonly scopes: readonly ScopeProgress[];
}

/**
 * Requests all scopes, or reports the progress of an earlier request.
 *
 * @param asked when they were requested, in milliseconds since the epoch; undefined: request them now
 */
export async function synchronizeNow(
  dependencies: SynchronizeNowDependencies,
  synchronization: Synchronization,
  asked?: number,
): Promise<AskedScopes> {
  const { table, clock } = dependencies;
  const at = asked ?? clock.now();
  const all = namesIn(traitsOf(synchronization.forge).scopes);
  if (asked === undefined) {
    const { organization, id } = synchronization;
    const workItems = all.map((scope) => scopeWork(organization, id, scope));
    await requestAll(dependencies, workItems, 'owner', workItems.slice(0, 1));
  }
  const scopes = await progressSince(table, synchronization, all, at, clock.now());
  return {
    asked: new Date(at).toISOString(),
    isDone: scopes.every(({ outcome }) => outcome !== 'pending'),
    scopes,
  };
}
