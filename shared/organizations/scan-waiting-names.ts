/** Scans again what waits for a vendor. */
import type { Organization } from '../domain/organization.ts';
import type { Clock } from '../runtime/clock.ts';
import { scansOf } from '../store/scan-store.ts';
import { listSynchronizations } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { WorkQueue } from '../store/work.ts';
import { scanWork } from '../store/work-items.ts';
import { requestAll } from '../sync/schedule/request-all.ts';

export interface ScanWaitingDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

/** Requests scans of the repositories whose names wait. @returns how many */
export async function scanWaitingNames(
  dependencies: ScanWaitingDependencies,
  organization: Pick<Organization, 'id'>,
): Promise<number> {
  const { table } = dependencies;
  const workItems = [];
  for (const { synchronization } of await listSynchronizations(table, organization.id)) {
    for (const scan of await scansOf(table, synchronization)) {
      if (scan.waiting.length > 0) {
        workItems.push(scanWork(organization.id, synchronization, scan.repository));
      }
    }
  }
  await requestAll(dependencies, workItems, 'vendors changed');
  return workItems.length;
}
