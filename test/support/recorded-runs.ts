/** All of what the API shows of runs in pages. */
import type { Synchronization } from '../../shared/domain/synchronization.ts';
import { oneRun, pageOfChanges, pageOfRuns } from '../../shared/organizations/run-pages.ts';
import type { Page } from '../../shared/store/run-store.ts';
import type { Table } from '../../shared/store/table.ts';

/** The entries of all pages, each of at most 100. */
async function allOf<Entry>(
  ask: (page: { limit: number; after: string | undefined }) => Promise<Page<Entry>>,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  let after: string | undefined;
  do {
    const page = await ask({ limit: 100, after });
    entries.push(...page.entries);
    after = page.next;
  } while (after !== undefined);
  return entries;
}

/** The runs, newest first. @param all also those that changed nothing */
export const listRuns = (table: Table, synchronization: Synchronization, all: boolean, now: number) =>
  allOf((page) => pageOfRuns(table, synchronization, all ? 'all' : 'changes', page, now));

/** One run with its changes. */
export async function showRun(table: Table, synchronization: Synchronization, number: number, now: number) {
  const run = await oneRun(table, synchronization, number, now);
  return { ...run, changes: await allOf((page) => pageOfChanges(table, synchronization, number, page)) };
}
