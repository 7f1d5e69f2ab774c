/** What an owner is shown of runs, in pages. */
import type { Synchronization } from '../domain/synchronization.ts';
import { changePage, type Page, runPage, type StoredRun } from '../store/run-store.ts';
import type { Table } from '../store/table.ts';
import { changeText } from './change-text.ts';
import { type DescribedRun, describeRun, isChange, isFailed, recordedRun } from './describe-run.ts';
import { namesOnPage } from './display-names.ts';

/** Which page of a list. */
export interface PageOfRun {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after: string | undefined;
}

export type WhichRuns = 'all' | 'changes' | 'failed';

/**
 * A page of runs, newest first. At most two reads.
 *
 * @param which those that changed something, those in which something could not be read, or all
 * @param now milliseconds since the epoch
 */
export async function pageOfRuns(
  table: Table,
  { id }: Synchronization,
  which: WhichRuns,
  page: PageOfRun,
  now: number,
): Promise<Page<DescribedRun>> {
  const filters = { all: undefined, changes: isChange, failed: (run: StoredRun) => isFailed(run, now) };
  const { entries, next } = await runPage(table, id, filters[which], page);
  return { entries: entries.map((run) => describeRun(run, now)), next };
}

/**
 * One run without its changes. One read.
 *
 * @param now milliseconds since the epoch
 * @throws CallerError when there is no record of it; it says why
 */
export const oneRun = async (
  table: Table,
  synchronization: Synchronization,
  number: number,
  now: number,
): Promise<DescribedRun> => describeRun(await recordedRun(table, synchronization, number), now);

/**
 * A page of a run's changes, each a line of text with its reason. Two reads.
 *
 * @throws CallerError when there is no record of the run
 */
export async function pageOfChanges(
  table: Table,
  synchronization: Synchronization,
  number: number,
  page: PageOfRun,
): Promise<Page<string>> {
  const { entries, next } = await changePage(table, synchronization.id, number, page);
  if (entries.length === 0 && page.after === undefined) {
    await recordedRun(table, synchronization, number);
  }
  const names = await namesOnPage(table, synchronization.id, entries);
  return { entries: entries.map((change) => changeText(change, names)), next };
}
