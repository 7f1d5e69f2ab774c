/** Reads everything now, at an owner's request. */
import { isPart, namesIn } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { traitsOf } from '../forge/modules.ts';
import type { Clock } from '../runtime/clock.ts';
import { latestRuns } from '../store/run-store.ts';
import type { Table } from '../store/table.ts';
import { requestWork, type WorkItem, type WorkQueue } from '../store/work.ts';
import { scopeWork } from '../store/work-items.ts';
import { type Accountable, causeOf, ownerAct } from './owner-act.ts';
import { progressSince, type ScopeProgress } from './scope-progress.ts';

export interface SynchronizeNowDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface AskedScopes {
  /** When the read was requested, ISO 8601; `synchronizationProgress` takes it. */
  readonly asked: string;
  readonly isDone: boolean;
  /** The runs that carried it out, the newest first. */
  readonly recordedAs: readonly number[];
  readonly scopes: readonly ScopeProgress[];
}

/** How many of the latest runs are searched for those since the request. */
const latest = 50;

/** Requests a read of all scopes. A request while another is pending joins it. */
export async function synchronizeNow(
  dependencies: SynchronizeNowDependencies,
  synchronization: Synchronization,
  accountable: Accountable,
): Promise<AskedScopes> {
  const { table, workQueue, clock } = dependencies;
  const { organization, login } = synchronization;
  const at = clock.now();
  const workItems = wholeRead(synchronization);
  await table.transact([
    ...workItems.map((workItem) => requestWork(workItem, at, { cause: causeOf(accountable) })),
    ownerAct(dependencies, organization, accountable, 'synchronize', login),
  ]);
  await workQueue.send(workItems.slice(0, 1).map(({ message }) => message));
  return synchronizationProgress(dependencies, synchronization, at);
}

/**
 * The progress of what `synchronizeNow` requested.
 *
 * @param asked when it was requested; milliseconds since the epoch
 */
export async function synchronizationProgress(
  { table, clock }: Pick<SynchronizeNowDependencies, 'table' | 'clock'>,
  synchronization: Synchronization,
  asked: number,
): Promise<AskedScopes> {
  const scopes = await progressSince(table, synchronization, scopesOf(synchronization), asked, clock.now());
  // After the progress: what is done is recorded by then.
  const runs = await latestRuns(table, synchronization.id, latest);
  return {
    asked: new Date(asked).toISOString(),
    isDone: scopes.every(({ outcome }) => outcome !== 'pending'),
    recordedAs: runs
      .filter(({ startedAt, scopes: read }) => startedAt >= asked && read.some(({ scope }) => !isPart(scope)))
      .map(({ observedAt }) => observedAt),
    scopes,
  };
}

/** The work of reading everything. One run reads all requested scopes, so one message is enough. */
export const wholeRead = (synchronization: Synchronization): readonly WorkItem[] =>
  scopesOf(synchronization).map((scope) =>
    scopeWork(synchronization.organization, synchronization.id, scope),
  );

const scopesOf = ({ forge }: Synchronization) => namesIn(traitsOf(forge).scopes);
