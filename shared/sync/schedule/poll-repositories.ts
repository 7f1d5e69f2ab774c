/** Requests scans of repositories at a URL, which tell nobody when they change, or may fail to. */
import { repositoryKey } from '../../domain/repository-key.ts';
import { nextPoll, vcsSynchronization } from '../../domain/vcs-repository.ts';
import { findScans, type ScanState } from '../../store/scan-store.ts';
import { listVcsRepositories } from '../../store/vcs-store.ts';
import { scanWork } from '../../store/work-items.ts';
import type { ReconcileDependencies } from './reconcile.ts';
import { requestAll } from './request-all.ts';

/**
 * Those whose time has come. Where nothing is deployed that reads them, there are none. Two reads, and one for each 100 repositories.
 *
 * @returns how many scans were requested
 */
export async function pollRepositories(
  dependencies: Pick<ReconcileDependencies, 'table' | 'workQueue' | 'clock'> & {
    readonly hasWorker: boolean;
  },
): Promise<number> {
  const { table, clock, hasWorker } = dependencies;
  if (!hasWorker) {
    return 0;
  }
  const listed = (await listVcsRepositories(table)).map(({ organization, repository }) => ({
    organization,
    ...{ synchronization: vcsSynchronization(organization), repository },
  }));
  const scans = await findScans(table, listed);
  const known = new Map(listed.map((one, place) => [repositoryKey(one), scans[place]]));
  const due = listed.filter((one) => isDue(known.get(repositoryKey(one)), clock.now()));
  const work = due.map(({ organization, synchronization, repository }) =>
    scanWork(organization, synchronization, repository),
  );
  await requestAll(dependencies, work, 'schedule');
  return work.length;
}

/** One that never was read waits for its owner to have it tested: its server may not know our key yet. @param now milliseconds since the epoch */
function isDue(scan: ScanState | undefined, now: number): boolean {
  if (scan === undefined || scan.wanted !== scan.done) {
    return false;
  }
  const lastReadAt = Math.max(scan.lastScannedAt ?? 0, scan.lastFailure?.at ?? 0);
  // What is left to do, such as an archive that was not built, does not wait for longer than for one that changes all the time.
  const changedAt = scan.unfinished && scan.lastFailure === undefined ? lastReadAt : (scan.changedAt ?? 0);
  return nextPoll({ lastReadAt, changedAt }) <= now;
}
