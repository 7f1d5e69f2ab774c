/** Requests scans of repositories at a URL, which tell nobody when they change, or may fail to. */
import { repositoryKey } from '../../domain/repository-key.ts';
import { nextReadAt, vcsSynchronization } from '../../domain/vcs-repository.ts';
import { findScans } from '../../store/scan-store.ts';
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
  const listed = (await listVcsRepositories(table)).map((one) => ({
    ...one,
    synchronization: vcsSynchronization(one.organization),
  }));
  const scans = await findScans(table, listed);
  const known = new Map(listed.map((one, place) => [repositoryKey(one), scans[place]]));
  const due = listed.filter((one) => {
    const at = nextReadAt(known.get(repositoryKey(one)), one.addedAt);
    return at !== undefined && at <= clock.now();
  });
  const work = due.map(({ organization, synchronization, repository }) =>
    scanWork(organization, synchronization, repository),
  );
  await requestAll(dependencies, work, 'schedule');
  return work.length;
}
