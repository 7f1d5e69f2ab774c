/**
 * Writes an organization's files again after the registry's address changed (an own domain that was set later, another port on one machine),
 * where files keep the old address and nothing may answer any more; and after an upgrade that changed their layout.
 */
import type { OrganizationId } from '../../domain/ids.ts';
import type { Clock } from '../../runtime/clock.ts';
import { allFilesHave, allFilesHaveNow, filesWithoutAddress } from '../../store/file-address-store.ts';
import { listSynchronizations } from '../../store/synchronization-store.ts';
import type { Table } from '../../store/table.ts';
import type { WorkQueue } from '../../store/work.ts';
import { requestAll } from './request-all.ts';

export interface RewriteFilesDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  /** The registry's public address, without a trailing slash. */
  readonly registryBaseUrl: string;
}

/**
 * Requests what is left, in every organization. To be called again until nothing is: a publisher may go on with the old address for a minute.
 * One read for an organization whose files have the address.
 *
 * @returns how many packages and root files have another address
 * @throws the first error, after all organizations were processed
 */
export async function rewriteFiles(
  dependencies: RewriteFilesDependencies,
): Promise<{ readonly left: number }> {
  const listed = await listSynchronizations(dependencies.table);
  const failures: unknown[] = [];
  let left = 0;
  for (const organization of new Set(listed.map((one) => one.organization))) {
    try {
      left += await rewriteFilesOf(dependencies, organization);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw failures[0];
  }
  return { left };
}

async function rewriteFilesOf(
  { table, workQueue, clock, registryBaseUrl }: RewriteFilesDependencies,
  organization: OrganizationId,
): Promise<number> {
  if (await allFilesHave(table, organization, registryBaseUrl)) {
    return 0;
  }
  const { left } = await filesWithoutAddress(table, organization, registryBaseUrl);
  if (left.length === 0) {
    await table.transact([allFilesHaveNow(organization, registryBaseUrl)]);
    return 0;
  }
  const due = left.filter(({ isPending }) => !isPending).map(({ work }) => work);
  await requestAll({ table, workQueue, clock }, due, "the registry's address or the files' layout changed");
  return left.length;
}
