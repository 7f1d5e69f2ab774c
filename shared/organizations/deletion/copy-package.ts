/** Copies archives and records of a package to its new number. Each call copies a portion, or finds nothing left to copy. */
import { isDeepStrictEqual } from 'node:util';
import { objectKeys } from '../../publish/object-keys.ts';
import { equal } from '../../store/condition.ts';
import { type Key, keys, tableKeys } from '../../store/keys.ts';
import { parseDist, type StoredPackage } from '../../store/package-store.ts';
import { notRefused, refusedCommitsOf } from '../../store/refused-commit-store.ts';
import type { Item, Operation, Table } from '../../store/table.ts';
import { leaseHeld, requestWork } from '../../store/work.ts';
import { packageWork } from '../../store/work-items.ts';
import { keyOf, type Portion, type PortionDependencies, type PortionInputs, pollMs } from './portion.ts';

/** Each takes two operations of a transaction: a check and a record. */
const distsInPortion = 45;
/** Archives that are copied at the same time. */
const copiesAtOnce = 8;
/** A transaction takes 4 MB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const bytesInPortion = 3_000_000;
const recordsInPortion = 90;

/** Attributes of a package's item that belong to its number or to work on it, and are not copied. */
const ownAttributes = [
  tableKeys.partitionKey,
  tableKeys.sortKey,
  tableKeys.pendingIndex.partitionKey,
  tableKeys.pendingIndex.sortKey,
  'number',
  'state',
  'predecessor',
  'successor',
  'refused',
  'filesModifiedAt',
  'wanted',
  'done',
  'wake',
  'leaseId',
  'leaseUntil',
];

/** Attributes that a record has only while its archive is stored or being built. */
const storedAttributes = ['sha1', 'shasum', 'size', 'storedAt', 'leaseId', 'leaseUntil'];
const without = (item: Item, names: readonly string[]): Item =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)));

/** Copies recorded commits, and the archives of those that are not refused. @returns undefined when all are copied */
export async function copyDists(
  { table, storedObjects, clock }: PortionDependencies,
  { lease, organization: { id, slug } }: PortionInputs,
  found: StoredPackage,
  next: StoredPackage,
): Promise<Portion | undefined> {
  const [from, to] = [keys.dist(id, found.number, ''), keys.dist(id, next.number, '')];
  const [source, copies, refused] = await Promise.all([
    table.query(from.pk, from.sk),
    table.query(to.pk, to.sk),
    refusedCommitsOf(table, id),
  ]);
  const building = source
    .filter(({ leaseId }) => leaseId !== undefined)
    .map((item) => Number(item.leaseUntil))
    .filter((until) => until > clock.now());
  if (building.length > 0) {
    const at = Math.min(clock.now() + 10 * pollMs, ...building);
    return { is: 'later', at, step: 'waiting for archive builds to end' };
  }
  const copied = new Set(copies.filter(({ isCopying }) => isCopying !== true).map(({ sk }) => sk));
  const portion = source
    .filter(({ sk }) => !copied.has(sk))
    .slice(0, distsInPortion)
    .map((item) => ({ item, ...parseDist(item) }));
  if (portion.length === 0) {
    return undefined;
  }
  const archives = portion.filter(({ commit, shasum }) => shasum !== undefined && !refused.has(commit));
  const put = (reference: string, item: Item): Operation => ({
    put: keys.dist(id, next.number, reference),
    item,
  });
  // Records before archives: a refusal from now on finds the copies that it has to remove too.
  await table.transact([
    leaseHeld(lease),
    ...archives.flatMap(({ commit, reference }) => [
      notRefused(id, commit),
      put(reference, { isCopying: true }),
    ]),
  ]);
  const stored = new Set<string>();
  for (let start = 0; start < archives.length; start += copiesAtOnce) {
    await Promise.all(
      archives.slice(start, start + copiesAtOnce).map(async ({ reference }) => {
        const [from, to] = [found.number, next.number].map((number) =>
          objectKeys.dist(slug, number, reference),
        );
        if (await storedObjects.copy(String(from), String(to))) {
          stored.add(reference);
        }
      }),
    );
  }
  await table.transact([
    leaseHeld(lease),
    ...portion.map(({ reference, item }) =>
      put(reference, without(item, stored.has(reference) ? ['leaseId', 'leaseUntil'] : storedAttributes)),
    ),
  ]);
  return { is: 'more', step: 'copying archives', objects: stored.size, records: portion.length };
}

/**
 * Copies all other records of the package, once its publisher has nothing left to do; then requests the files of the new number.
 *
 * @returns undefined when everything is copied and nothing has changed since
 */
export async function copyRecords(
  { table, workQueue, clock }: PortionDependencies,
  { lease, organization: { id } }: PortionInputs,
  found: StoredPackage,
  next: StoredPackage,
): Promise<Portion | undefined> {
  const now = clock.now();
  // Read before the records, so that a write after it is seen as a change.
  const item = await table.get(keys.package(id, found.number));
  if (item === undefined || item.wanted !== item.done) {
    return { is: 'later', at: now + pollMs, step: 'waiting for its metadata' };
  }
  if (next.copiedWanted === item.wanted) {
    return undefined;
  }
  const [source, copies] = await Promise.all(
    [found.number, next.number].map((number) => itemsBesides(table, keys.dist(id, number, ''))),
  );
  const changes = differences(source ?? [], copies ?? [], keys.dist(id, next.number, '').pk);
  if (changes.length > 0) {
    const portion = firstBatch(changes);
    await table.transact([leaseHeld(lease), ...portion]);
    return { is: 'more', step: 'copying records', records: portion.length };
  }
  const workItem = packageWork(id, next.number);
  await table.transact([
    leaseHeld(lease),
    {
      ...requestWork(workItem, now, {
        ...without(item, ownAttributes),
        copiedWanted: item.wanted,
        // Clients have the old number's files under the same addresses, none of them modified later than this.
        filesModifiedAt: now,
      }),
      when: equal('state', 'copying'),
    },
  ]);
  await workQueue.send([workItem.message]);
  return { is: 'later', at: now + pollMs, step: 'waiting for its metadata' };
}

/** Items of the partition whose sort keys do not begin with that of `dists`. */
async function itemsBesides(table: Table, dists: Key): Promise<Item[]> {
  return (await table.query(dists.pk, '')).filter(({ sk }) => !String(sk).startsWith(dists.sk));
}

function differences(source: readonly Item[], copies: readonly Item[], partition: string): Operation[] {
  const content = (item: Item): Item => without(item, [tableKeys.partitionKey]);
  const known = new Map(copies.map((item) => [item.sk, item]));
  const wanted = new Set(source.map(({ sk }) => sk));
  return [
    ...source
      .filter((item) => !isDeepStrictEqual(content(item), content(known.get(item.sk) ?? {})))
      .map(
        (item): Operation => ({
          put: { pk: partition, sk: String(item.sk) },
          item: without(item, [tableKeys.partitionKey, tableKeys.sortKey]),
        }),
      ),
    ...copies.filter(({ sk }) => !wanted.has(sk)).map((item): Operation => ({ delete: keyOf(item) })),
  ];
}

/** The first changes, as many as fit into one transaction; at least one. */
function firstBatch(changes: readonly Operation[]): readonly Operation[] {
  let bytes = 0;
  const over = changes.findIndex((change, place) => {
    bytes += Buffer.byteLength(JSON.stringify(change));
    return place === recordsInPortion || (place > 0 && bytes > bytesInPortion);
  });
  return over === -1 ? changes : changes.slice(0, over);
}
