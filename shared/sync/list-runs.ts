/** The history of a synchronization: what each run did and why. */

import type { Synchronization } from '../domain/synchronization.ts';
import { CallerError } from '../runtime/invoke-handler.ts';
import { changesOf, findRun, latestRuns, type StoredRun } from '../store/run-store.ts';
import { lastNumber } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { namesFor } from './name-things.ts';

/** Records that are looked at, and those of them that are shown. */
const lookedAt = 1000;
const shown = 50;

/** The latest runs, newest first. @param all also those that changed nothing */
export async function listRuns(table: Table, { id }: Synchronization, all: boolean) {
  const runs = await latestRuns(table, id, lookedAt);
  return runs
    .filter((run) => all || isChange(run))
    .slice(0, shown)
    .map(describeRun);
}

/**
 * One run with all its changes, each with its reason.
 *
 * @throws CallerError when there is no record of it
 */
export async function showRun(table: Table, synchronization: Synchronization, number: number) {
  const run = await recordedRun(table, synchronization, number);
  const changes = await changesOf(table, synchronization.id, run);
  return { ...describeRun(run), changes: changes.map(await namesFor(table, synchronization.id, changes)) };
}

/** @throws CallerError when there is no record of it, in words that say why */
export async function recordedRun(table: Table, { id }: Synchronization, number: number): Promise<StoredRun> {
  const run = await findRun(table, id, number);
  if (run !== undefined) {
    return run;
  }
  throw new CallerError(
    number > (await lastNumber(table, id))
      ? `there is no run ${number} yet; runs lists those that there are`
      : `there is no record of a run ${number}: one that changed something is kept for 30 days, any other for one; runs --all lists them`,
  );
}

function describeRun({ observedAt, startedAt, finishedAt, requests, scopes, counts }: StoredRun) {
  return {
    number: observedAt,
    started: new Date(startedAt).toISOString(),
    seconds: (finishedAt - startedAt) / 1000,
    requests,
    counts,
    scopes,
  };
}

const isChange = ({ counts }: StoredRun): boolean => counts.add + counts.update + counts.remove > 0;
