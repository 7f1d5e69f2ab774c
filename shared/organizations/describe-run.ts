/** Describes a recorded run to an owner. */

import { CallerError } from '../domain/caller-error.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { findRun, type StoredRun } from '../store/run-store.ts';
import { lastNumber } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { leaseMs } from '../sync/run/take-scopes.ts';

/** @throws CallerError when there is no record of it; it says why */
export async function recordedRun(table: Table, { id }: Synchronization, number: number): Promise<StoredRun> {
  const run = await findRun(table, id, number);
  if (run !== undefined) {
    return run;
  }
  throw new CallerError(
    'not-found',
    number > (await lastNumber(table, id))
      ? `run ${number} does not exist yet; runs lists the recorded ones`
      : `run ${number} is not recorded: runs that changed something are kept for 400 days, others for 1 day; runs --all lists them`,
  );
}

/** The outcome of a scope whose worker died; a later run did the rest. */
const diedText = 'worker died';

export type DescribedRun = ReturnType<typeof describeRun>;

/** @param now milliseconds since the epoch */
export function describeRun(run: StoredRun, now: number) {
  const { observedAt, startedAt, finishedAt, wroteAt = startedAt, requests, scopes, counts } = run;
  // No worker writes without the lease, which was taken before the run started.
  const isDead = finishedAt === undefined && startedAt + leaseMs < now;
  return {
    number: observedAt,
    started: new Date(startedAt).toISOString(),
    /** For a run that did not finish, until its last write. */
    seconds: ((finishedAt ?? wroteAt) - startedAt) / 1000,
    requests,
    counts,
    scopes: scopes.map((one) => (isDead && one.outcome === 'begun' ? { ...one, outcome: diedText } : one)),
  };
}

/** What is no failure: read, to be continued, going on, or not read at all since only a name passed. */
const goodOutcomes: ReadonlySet<string> = new Set(['whole', 'unfinished', 'begun', 'name passed']);

/** Whether something could not be read. @param now milliseconds since the epoch */
export const isFailed = (run: StoredRun, now: number): boolean =>
  describeRun(run, now).scopes.some(({ outcome }) => !goodOutcomes.has(outcome));

export const isChange = ({ counts }: StoredRun): boolean => counts.add + counts.update + counts.remove > 0;
