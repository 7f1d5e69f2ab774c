/**
 * Removes everything of a deleted organization: withdraws access first, then removes objects, then records. What stays is its slug, which
 * is never used again, and the audit log.
 */

import { edgeKeys } from '../../domain/edge-keys.ts';
import type { Organization } from '../../domain/organization.ts';
import { vcsSynchronization } from '../../domain/vcs-repository.ts';
import { deletionOf } from '../../store/deletion-store.ts';
import { desire, type EdgeRow, edgeRows, findEdgeRows } from '../../store/edge-store.ts';
import { type Key, keys, ranges } from '../../store/keys.ts';
import { forgetOrganization } from '../../store/organization-store.ts';
import { synchronizationsOf } from '../../store/synchronization-store.ts';
import { tokensOfOrganization } from '../../store/token-store.ts';
import { removeVcsRepository, vcsRepositoriesOf } from '../../store/vcs-store.ts';
import { type Lease, leaseHeld } from '../../store/work.ts';
import { edgeWork } from '../../store/work-items.ts';
import { disconnection } from '../delete-synchronization.ts';
import { endTokens } from '../end-tokens.ts';
import { withdrawPackagesOf } from '../withdraw-packages.ts';
import {
  deleteRecords,
  keyOf,
  type Portion,
  type PortionDependencies,
  type PortionInputs,
  pollMs,
  type RemovedRecords,
  recordsInPortion,
  removePartition,
} from './portion.ts';
import { removeSynchronizationRecords, settleMs } from './remove-synchronization.ts';

/** A portion starts nothing new after this time, in milliseconds. */
const portionMs = 30_000;

export async function removeOrganization(
  dependencies: PortionDependencies,
  inputs: PortionInputs,
): Promise<Portion> {
  const { table, storedObjects, clock } = dependencies;
  const { lease, organization, deletion } = inputs;
  const until = clock.now() + portionMs;
  const narrowing = await withdrawAll(dependencies, inputs, until);
  if (narrowing !== undefined) {
    return narrowing;
  }
  const { removed, isMore } = await storedObjects.removeSome(`${organization.slug}/`);
  if (removed > 0 || isMore) {
    return { is: 'more', step: 'removing archives and metadata', objects: removed };
  }
  const records = await removeRecords(dependencies, inputs, until);
  if (records.removed > 0 || records.isMore) {
    return { is: 'more', step: 'removing records', records: records.removed };
  }
  const settledAt = deletion.askedAt + settleMs;
  if (clock.now() < settledAt) {
    return { is: 'later', at: settledAt, step: 'checking for records written meanwhile' };
  }
  await table.transact([leaseHeld(lease), forgetOrganization(organization, deletion.askedAt)]);
  return { is: 'done', step: 'done' };
}

/** @returns undefined when the edge has nothing of it any more */
async function withdrawAll(
  dependencies: PortionDependencies,
  { lease, organization }: PortionInputs,
  until: number,
): Promise<Portion | undefined> {
  const { table, workQueue, clock } = dependencies;
  const step = 'withdrawing synchronizations, tokens and packages';
  for (const synchronization of await synchronizationsOf(table, organization.id)) {
    const { operations, messages } = await disconnection(table, synchronization, clock.now());
    await table.transact([leaseHeld(lease), ...operations]);
    await workQueue.send(messages);
  }
  for (const repository of await vcsRepositoriesOf(table, organization.id)) {
    await table.transact([leaseHeld(lease), ...removeVcsRepository(organization.id, repository)]);
  }
  await endTokens(dependencies, await tokensOfOrganization(table, organization.id), until);
  const left = await withdrawPackagesOf(dependencies, organization, undefined, [leaseHeld(lease)], until);
  if (left > 0 || clock.now() >= until) {
    return { is: 'more', step };
  }
  const rows = await rowsOf(dependencies, organization);
  const desired = rows.filter(({ value }) => value !== undefined).slice(0, recordsInPortion);
  if (desired.length > 0) {
    await table.transact([
      leaseHeld(lease),
      ...desired.map(({ key, subject }) => desire(key, undefined, subject, clock.now())),
    ]);
    await workQueue.send(desired.map(({ key }) => edgeWork(key).message));
    return { is: 'more', step };
  }
  return rows.some(({ published, wanted, done }) => published !== undefined || wanted !== done)
    ? { is: 'later', at: clock.now() + pollMs, step: 'waiting for the edge' }
    : undefined;
}

/** Every key of the organization at the edge. */
async function rowsOf(
  { table }: Pick<PortionDependencies, 'table'>,
  { id, slug }: Organization,
): Promise<readonly EdgeRow[]> {
  const tokens = await tokensOfOrganization(table, id);
  const [names, views, others] = await Promise.all([
    edgeRows(table, edgeKeys.package(slug, '')),
    edgeRows(table, edgeKeys.view(slug, '', 0).slice(0, -2)),
    findEdgeRows(table, [edgeKeys.organization(slug), ...tokens.map(({ hash }) => edgeKeys.token(hash))]),
  ]);
  return [...names, ...views, ...others];
}

/** Removes the organization's records. None are left when it removed none and `isMore` is false. */
async function removeRecords(
  dependencies: PortionDependencies,
  { lease, organization, deletion }: PortionInputs,
  until: number,
): Promise<RemovedRecords> {
  const { id } = organization;
  const { pk } = keys.organization(id);
  let { removed, isMore } = await removePackageRecords(dependencies, lease, organization, until);
  for (const synchronization of [...deletion.synchronizations, vcsSynchronization(id)]) {
    const records = await removeSynchronizationRecords(dependencies, lease, synchronization, until);
    removed += records.removed;
    isMore ||= records.isMore;
  }
  if (!isMore) {
    removed += await removeEdgeRows(dependencies, lease, organization);
  }
  if (removed > 0 || isMore) {
    // The items that lead to other records are removed last.
    return { removed, isMore };
  }
  const stays = [keys.organization(id).sk, deletionOf(id, { kind: 'organization' }).key.sk];
  return removePartition(
    dependencies,
    lease,
    pk,
    until,
    ({ sk }) =>
      stays.includes(String(sk)) ||
      [ranges.auditLog(id), ranges.runEntries(id), ranges.refusals(id)].some((history) =>
        String(sk).startsWith(history.sk),
      ),
  );
}

/**
 * Removes the records of packages. A package's item is removed as soon as its partition is empty, so that the next portion skips that
 * partition.
 */
async function removePackageRecords(
  dependencies: PortionDependencies,
  lease: Lease,
  { id }: Organization,
  until: number,
): Promise<RemovedRecords> {
  const { table } = dependencies;
  const emptied: Key[] = [];
  let removed = 0;
  let isMore = false;
  const packages = ranges.packages(id);
  for (const item of await table.query(packages.pk, packages.sk)) {
    const partition = keys.dist(id, Number(item.number), '').pk;
    const records = await removePartition(dependencies, lease, partition, until);
    removed += records.removed;
    if (records.isMore) {
      isMore = true;
      break;
    }
    emptied.push(keyOf(item));
  }
  for (let start = 0; start < emptied.length; start += recordsInPortion) {
    await deleteRecords(table, lease, emptied.slice(start, start + recordsInPortion));
  }
  return { removed: removed + emptied.length, isMore };
}

/** Removes records of keys that the edge no longer has, and the items that tokens are found by. */
async function removeEdgeRows(
  { table }: PortionDependencies,
  lease: Lease,
  organization: Organization,
): Promise<number> {
  const rows = await rowsOf({ table }, organization);
  const tokens = await tokensOfOrganization(table, organization.id);
  const pointers = await table.getMany(tokens.map(({ hash }) => keys.token(hash)));
  const gone = [
    // The record that the slug is closed is kept for ever.
    ...rows
      .map(({ key }) => keys.edge(key))
      .filter(({ sk }) => sk !== edgeKeys.organization(organization.slug)),
    ...pointers.flatMap((item) => (item === undefined ? [] : [keyOf(item)])),
  ];
  for (let start = 0; start < gone.length; start += recordsInPortion) {
    await deleteRecords(table, lease, gone.slice(start, start + recordsInPortion));
  }
  return gone.length;
}
