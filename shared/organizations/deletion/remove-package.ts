/** Removes the files, archives and records of a deleted package. Its number stays reserved for ever. */

import { edgeKeys, packageNumberOf } from '../../domain/edge-keys.ts';
import type { OrganizationId } from '../../domain/ids.ts';
import { leaseMsOf } from '../../runtime/time-limits.ts';
import { equal } from '../../store/condition.ts';
import { edgeRows } from '../../store/edge-store.ts';
import { keys } from '../../store/keys.ts';
import { distsOfPackage, findPackage, type StoredPackage } from '../../store/package-store.ts';
import type { Table } from '../../store/table.ts';
import { leaseHeld } from '../../store/work.ts';
import {
  deleteRecords,
  keyOf,
  type Portion,
  type PortionDependencies,
  type PortionInputs,
  pollMs,
  recordsInPortion,
} from './portion.ts';

export async function removePackage(
  dependencies: PortionDependencies,
  inputs: PortionInputs,
  number: number,
): Promise<Portion> {
  const { table, storedObjects, clock } = dependencies;
  const { lease, organization, deletion } = inputs;
  const found = await findPackage(table, organization.id, number);
  if (found?.state !== 'deleted' || found.isRemoved) {
    return { is: 'done', step: 'done' };
  }
  const now = clock.now();
  if (deletion.keepUntil !== undefined && deletion.keepUntil > now) {
    return { is: 'later', at: deletion.keepUntil, step: 'keeping its archives' };
  }
  if (await isAtEdge(table, organization.slug, found)) {
    return { is: 'later', at: now + pollMs, step: 'waiting for the edge' };
  }
  const later = await busyUntil(table, organization.id, found, now);
  if (later !== undefined) {
    return { is: 'later', at: later, step: 'waiting for scans and archive builds to end' };
  }
  const { removed, isMore } = await storedObjects.removeSome(`${organization.slug}/${number}/`);
  if (isMore) {
    return { is: 'more', step: 'removing archives', objects: removed };
  }
  const items = await table.query(keys.dist(organization.id, number, '').pk, '', {
    limit: recordsInPortion,
  });
  if (items.length > 0) {
    await deleteRecords(table, lease, items.map(keyOf));
    return { is: 'more', step: 'removing records', objects: removed, records: items.length };
  }
  await table.transact([
    leaseHeld(lease),
    {
      update: {
        key: keys.package(organization.id, number),
        set: { isRemoved: true, versionCount: 0 },
        remove: ['refused'],
      },
      when: equal('state', 'deleted'),
    },
  ]);
  return { is: 'done', step: 'done', objects: removed };
}

/** Whether the edge still leads clients to this number. */
async function isAtEdge(table: Table, slug: string, { name, number }: StoredPackage): Promise<boolean> {
  const key = edgeKeys.package(slug, name);
  const row = (await edgeRows(table, key)).find((one) => one.key === key);
  return packageNumberOf(row?.published) === number;
}

/** When to check again, if a scan or build may still write for the package; milliseconds since the epoch. */
async function busyUntil(
  table: Table,
  organization: OrganizationId,
  { number, synchronization, repository, deletedAt = 0 }: StoredPackage,
  now: number,
): Promise<number | undefined> {
  const scan = await table.get(keys.scan(synchronization, repository));
  const scanUntil = scan?.leaseId === undefined ? 0 : Number(scan.leaseUntil);
  const dists = await distsOfPackage(table, organization, number);
  const leases = [
    // A scan that began after the deletion sees the deletion.
    scanUntil <= deletedAt + leaseMsOf('scan-repository') ? scanUntil : 0,
    ...dists.map(({ leaseUntil }) => leaseUntil ?? 0),
  ].filter((until) => until > now);
  return leases.length === 0 ? undefined : Math.min(now + 10 * pollMs, ...leases);
}
