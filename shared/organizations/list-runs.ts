/** The history of a synchronization: what each run did and why. */

import { CallerError } from '../domain/caller-error.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { changesOf, findRun, latestRuns, type StoredRun } from '../store/run-store.ts';
import { lastNumber } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { leaseMs } from '../sync/run/take-scopes.ts';
import { changeText } from './change-text.ts';
import { namesFor } from './display-names.ts';

/** How many records are read, and how many of them are shown. */
const recordsRead = 1000;
const shown = 50;

/**
 * The latest runs, newest first.
 *
 * @param all also those that changed nothing
 * @param now milliseconds since the epoch
 */
export async function listRuns(table: Table, { id }: Synchronization, all: boolean, now: number) {
  const runs = await latestRuns(table, id, recordsRead);
  return runs
    .filter((run) => all || isChange(run))
    .slice(0, shown)
    .map((run) => describeRun(run, now));
}

/** Changes in one answer, which has at most 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const changesInAnswer = 5000;

/**
 * One run with its changes and their reasons, as many as fit into one response.
 *
 * @param now milliseconds since the epoch
 * @param from how many changes to skip, for further pages
 * @throws CallerError when there is no record of it
 */
export async function showRun(
  table: Table,
  synchronization: Synchronization,
  number: number,
  now: number,
  from = 0,
) {
  const run = await recordedRun(table, synchronization, number);
  const all = await changesOf(table, synchronization.id, number);
  const changes = all.slice(from, from + changesInAnswer);
  const names = await namesFor(table, synchronization.id, changes);
  return { ...describeRun(run, now), changes: changes.map((change) => changeText(change, names)) };
}

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
      : `run ${number} is not recorded: runs that changed something are kept for 30 days, others for 1 day; runs --all lists them`,
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

export const isChange = ({ counts }: StoredRun): boolean => counts.add + counts.update + counts.remove > 0;
