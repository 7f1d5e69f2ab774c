/**
 * Copies a package to a new number, for which the edge refuses no commit yet. The old number's metadata and archives are served until the
 * new one's exist; then one transaction passes the name, and the old number is removed like any deleted package.
 *
 * Meanwhile no archive is built for the old number, and versions that a scan writes there are copied again.
 */

import { bitmapHas, edgeKeys, packagesPerChunk } from '../../domain/edge-keys.ts';
import type { OrganizationId } from '../../domain/ids.ts';
import { absent, all, equal, missing } from '../../store/condition.ts';
import { askDeletion, deletionOf } from '../../store/deletion-store.ts';
import { desire, edgeRows } from '../../store/edge-store.ts';
import { keys } from '../../store/keys.ts';
import {
  findPackage,
  packageEdgeValue,
  refusedPrefixes,
  type StoredPackage,
} from '../../store/package-store.ts';
import type { Item, Operation, Table } from '../../store/table.ts';
import { leaseHeld, requestWork } from '../../store/work.ts';
import { edgeWork, grantsWork, packageWork, scanWork } from '../../store/work-items.ts';
import { renumberFrom } from '../narrow-refused.ts';
import { copyDists, copyRecords } from './copy-package.ts';
import { type Portion, type PortionDependencies, type PortionInputs, pollMs } from './portion.ts';

/** How long to wait for views that lack the new number's bit, in milliseconds. */
const viewsMs = 30_000;

export async function renumberPackage(
  dependencies: PortionDependencies,
  inputs: PortionInputs,
  number: number,
): Promise<Portion> {
  const { table } = dependencies;
  const { organization } = inputs;
  const found = await findPackage(table, organization.id, number);
  if (found === undefined || (found.successor === undefined && !isAlive(found))) {
    return { is: 'done', step: 'done' };
  }
  if (found.successor === undefined) {
    return begin(dependencies, inputs, found);
  }
  const next = await findPackage(table, organization.id, found.successor);
  if (!isAlive(found)) {
    return next?.state === 'copying'
      ? abandon(dependencies, inputs, found, next)
      : { is: 'done', step: 'done' };
  }
  if (next?.state !== 'copying') {
    // Only the copy was withdrawn: the package had moved, and the copy was deleted with the synchronization that it was read from.
    return begin(dependencies, inputs, found);
  }
  return (
    (await copyDists(dependencies, inputs, found, next)) ??
    (await copyRecords(dependencies, inputs, found, next)) ??
    (await waitForReaders(dependencies, inputs, found, next)) ??
    pass(dependencies, inputs, found, next)
  );
}

const isAlive = ({ state }: StoredPackage): boolean => state !== 'deleted' && state !== 'copying';

/** Draws the new number, and grants it to everybody who reads the package. */
async function begin(
  { table, workQueue, clock }: PortionDependencies,
  { lease, organization }: PortionInputs,
  found: StoredPackage,
): Promise<Portion> {
  const { id } = organization;
  const counted = await table.update({ key: keys.organization(id), add: { lastPackageNumber: 1 } });
  const number = Number(counted.lastPackageNumber);
  const { name, synchronization, repository, directory } = found;
  const grants = grantsWork(id);
  await table.transact([
    leaseHeld(lease),
    {
      update: { key: keys.package(id, found.number), set: { successor: number } },
      when: all(
        equal('state', found.state),
        found.successor === undefined ? missing('successor') : equal('successor', found.successor),
      ),
    },
    {
      put: keys.package(id, number),
      item: {
        number,
        name,
        synchronization,
        repository,
        directory,
        state: 'copying',
        predecessor: found.number,
      },
      when: absent,
    },
    requestWork(grants, clock.now()),
  ]);
  await workQueue.send([grants.message]);
  return { is: 'more', step: 'copying archives' };
}

/** Deletes the copy of a package that was deleted meanwhile, and its files: nothing takes the package's place. */
async function abandon(
  { table, workQueue, clock }: PortionDependencies,
  { lease, organization: { id } }: PortionInputs,
  found: StoredPackage,
  next: StoredPackage,
): Promise<Portion> {
  const target = { kind: 'package', number: next.number } as const;
  const workItem = packageWork(id, next.number);
  const before = packageWork(id, found.number);
  await table.transact([
    leaseHeld(lease),
    {
      ...requestWork(workItem, clock.now(), { state: 'deleted', deletedAt: clock.now() }),
      when: equal('state', 'copying'),
    },
    {
      ...requestWork(before, clock.now(), { successor: undefined }),
      when: all(equal('state', 'deleted'), equal('successor', next.number)),
    },
    askDeletion(id, target, next.name, clock.now()),
  ]);
  await workQueue.send([workItem.message, before.message, deletionOf(id, target).message]);
  return { is: 'done', step: 'done' };
}

/** Waits until the new files exist and everybody who reads the old number may read the new one. */
async function waitForReaders(
  { table, clock }: PortionDependencies,
  { organization }: PortionInputs,
  found: StoredPackage,
  next: StoredPackage,
): Promise<Portion | undefined> {
  const now = clock.now();
  const item = await table.get(keys.package(organization.id, next.number));
  if (item?.wanted !== item?.done) {
    return { is: 'later', at: now + pollMs, step: 'waiting for its metadata' };
  }
  const isWaiting = now < (next.filesModifiedAt ?? 0) + viewsMs;
  return isWaiting && (await lacksBits(table, organization.slug, found.number, next.number))
    ? { is: 'later', at: now + pollMs, step: 'waiting for the edge' }
    : undefined;
}

/** Whether a view at the edge has the bit of one number but not yet that of the other. */
async function lacksBits(table: Table, slug: string, one: number, other: number): Promise<boolean> {
  const rows = await edgeRows(table, edgeKeys.view(slug, '', 0).slice(0, -2));
  const published = new Map(rows.map((row) => [row.key, row.published]));
  const chunkOf = (number: number): string => `/${Math.floor(number / packagesPerChunk)}`;
  return rows.some(
    ({ key, published: bits }) =>
      key.endsWith(chunkOf(one)) &&
      bitmapHas(bits, one) &&
      !bitmapHas(published.get(`${key.slice(0, -chunkOf(one).length)}${chunkOf(other)}`), other),
  );
}

/** Passes name, source and edge key to the new number in one transaction, once everything is copied. */
async function pass(
  { table, workQueue, clock }: PortionDependencies,
  { lease, organization: { id, slug } }: PortionInputs,
  found: StoredPackage,
  next: StoredPackage,
): Promise<Portion> {
  const now = clock.now();
  const item: Item | undefined = await table.get(keys.package(id, next.number));
  const wanted = Number(item?.wanted);
  const { name, synchronization, repository } = found;
  const scan = scanWork(id, synchronization, repository);
  const grants = grantsWork(id);
  const workItem = packageWork(id, next.number);
  const removal = { kind: 'package', number: found.number } as const;
  const again = { kind: 'renumbering', number: next.number } as const;
  const isFull = refusedPrefixes(next).length >= renumberFrom;
  const edgeKey = edgeKeys.package(slug, name);
  await table.transact([
    leaseHeld(lease),
    {
      update: { key: keys.package(id, found.number), set: { state: 'deleted', deletedAt: now } },
      when: all(equal('state', found.state), equal('wanted', next.copiedWanted ?? -1)),
    },
    {
      ...requestWork(workItem, now, {
        state: found.state,
        unreadableAt: found.unreadableAt,
        copiedWanted: undefined,
      }),
      when: all(equal('state', 'copying'), equal('wanted', wanted), equal('done', wanted)),
    },
    ...(await passNameAndSource(table, id, found, next)),
    ...(found.state === 'available'
      ? [
          desire(
            edgeKey,
            packageEdgeValue(next),
            { kind: 'package', organization: id, packageNumber: next.number },
            now,
          ),
        ]
      : []),
    // What a scan has just written for the old number, the next one writes for the new number.
    requestWork(scan, now, { cause: 'new package number' }),
    requestWork(grants, now),
    askDeletion(id, removal, name, now),
    ...(isFull ? [askDeletion(id, again, name, now)] : []),
  ]);
  await workQueue.send([
    edgeWork(edgeKey).message,
    workItem.message,
    scan.message,
    grants.message,
    deletionOf(id, removal).message,
    ...(isFull ? [deletionOf(id, again).message] : []),
  ]);
  return { is: 'done', step: 'done' };
}

/**
 * Passes name and source. If the package has lost its name, its holder keeps it; if the source has another package of that name by now, so
 * does that package.
 */
async function passNameAndSource(
  table: Table,
  id: OrganizationId,
  { number, state, name, synchronization, repository, directory }: StoredPackage,
  next: StoredPackage,
): Promise<readonly Operation[]> {
  const sourceKey = keys.packageSource(id, synchronization, repository, directory, name);
  const isSuperseded = state === 'superseded';
  const isOfSource = !isSuperseded || (await table.get(sourceKey))?.number === number;
  return [...(isSuperseded ? [] : [keys.packageName(id, name)]), ...(isOfSource ? [sourceKey] : [])].map(
    (key) => ({ update: { key, set: { number: next.number } }, when: equal('number', number) }),
  );
}
