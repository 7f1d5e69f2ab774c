/** Sets which vendors the organization owns: packages under them may appear without a decision. */
import type { Organization } from '../domain/organization.ts';
import type { Clock } from '../runtime/clock.ts';
import { setOwnedVendors } from '../store/organization-store.ts';
import { scansOf } from '../store/scan-store.ts';
import { listSynchronizations } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { WorkQueue } from '../store/work.ts';
import { scanWork } from '../store/work-items.ts';
import { requestAll } from '../sync/schedule/request-all.ts';
import { checkVendors } from './connect-organization.ts';

export interface OwnVendorsDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

/**
 * Stores the vendors, and requests scans of the repositories whose names wait. Accepted packages stay.
 *
 * @returns how many scans were requested
 * @throws CallerError when one is not a valid vendor name
 */
export async function ownVendors(
  dependencies: OwnVendorsDependencies,
  organization: Organization,
  vendors: readonly string[],
): Promise<number> {
  await dependencies.table.transact([setOwnedVendors(organization.id, checkVendors(vendors))]);
  return scanWaitingNames(dependencies, organization);
}

/** Requests scans of the repositories whose names wait. @returns how many */
export async function scanWaitingNames(
  dependencies: OwnVendorsDependencies,
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
