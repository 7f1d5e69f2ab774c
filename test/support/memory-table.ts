/**
 * The one table in memory, for tests that run the same work hundreds of times; a test compares it with the emulator. Reads and writes are
 * consistent, and the index does not lag.
 */
import type { Condition } from '../../shared/store/condition.ts';
import type { Key } from '../../shared/store/keys.ts';
import {
  type Change,
  ConflictError,
  type Item,
  type Operation,
  pendingSince,
  type Table,
  transactionItemsMax,
} from '../../shared/store/table.ts';

export interface MemoryTable extends Table {
  /** Every item, by `pk sk`, in order. */
  dump(): ReadonlyMap<string, Item>;
}

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
/** A copy without undefined values, as a service would return it. Frozen, so that it need not be copied again. */
const stored = (item: Item): Item => {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return Object.freeze(value.map(copy));
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const entries = Object.entries(value).filter(([, part]) => part !== undefined);
    return Object.freeze(Object.fromEntries(entries.map(([name, part]) => [name, copy(part)])));
  };
  return copy(item) as Item;
};
const byteOrder = (one: string, other: string): number => {
  if (surrogate.test(one) || surrogate.test(other)) {
    return Math.sign(Buffer.compare(Buffer.from(one), Buffer.from(other)));
  }
  return one === other ? 0 : one < other ? -1 : 1;
};
/** JavaScript orders text differently from its UTF-8 bytes only if it contains these. */
const surrogate = /[\ud800-\udfff]/;

/** @param from the dump of another table, to start with */
export function createMemoryTable(from: ReadonlyMap<string, Item> = new Map()): MemoryTable {
  const items = new Map(from);
  /** The same items by partition, so that queries of a large table need not look through all of it. */
  const partitions = new Map<unknown, Map<string, Item>>();
  /** The items of a partition in order, made when one is queried, until another item is added or removed. */
  const ordered = new Map<unknown, readonly string[]>();
  const keep = (name: string, item: Item): void => {
    const partition = partitions.get(item.pk) ?? new Map<string, Item>();
    if (!partition.has(name)) {
      ordered.delete(item.pk);
    }
    partitions.set(item.pk, partition.set(name, item));
  };
  const inOrder = (partition: string): readonly string[] => {
    const names = ordered.get(partition) ?? [...(partitions.get(partition)?.keys() ?? [])].sort(byteOrder);
    ordered.set(partition, names);
    return names;
  };
  for (const [name, item] of from) {
    keep(name, item);
  }

  const itemAt = (key: Key): Item | undefined => items.get(nameOf(key));
  const holds = (key: Key, when: Condition | undefined): boolean =>
    when === undefined || conditionHolds(when, items.get(nameOf(key)));
  const put = (key: Key, item: Item): void => {
    const kept = stored({ ...item, ...key });
    items.set(nameOf(key), kept);
    keep(nameOf(key), kept);
  };
  const selected = (among: Iterable<Item>, test: (item: Item) => boolean, sortKey: string): Item[] => {
    const found: Item[] = [];
    for (const item of among) {
      if (test(item)) {
        found.push(item);
      }
    }
    return found.sort((one, other) => byteOrder(String(one[sortKey]), String(other[sortKey])));
  };

  return {
    dump: () => new Map([...items].sort(([one], [other]) => byteOrder(one, other))),
    get: async (key) => itemAt(key),
    getMany: async (list) => list.map(itemAt),
    async query(partition, prefix, { descending = false, limit, after } = {}) {
      const names = inOrder(partition);
      const first = nameOf({ pk: partition, sk: prefix });
      const last = after === undefined ? undefined : nameOf({ pk: partition, sk: after });
      const isBefore = (name: string): boolean => byteOrder(name, first) < 0;
      const isWithin = (name: string): boolean => isBefore(name) || name.startsWith(first);
      const isPast = (name: string): boolean => last !== undefined && byteOrder(name, last) <= 0;
      const isShort = (name: string): boolean => last === undefined || byteOrder(name, last) < 0;
      const begin = countWhile(names, (name) => isBefore(name) || (!descending && isPast(name)));
      const end = countWhile(names, (name) => isWithin(name) && (!descending || isShort(name)));
      const most = limit ?? names.length;
      const found = descending
        ? names.slice(Math.max(begin, end - most), Math.max(begin, end)).reverse()
        : names.slice(begin, Math.min(end, begin + most));
      return found.map((name) => partitions.get(partition)?.get(name) as Item);
    },
    async pending(queue, { before, limit }) {
      const latest = pendingSince(before);
      return selected(
        items.values(),
        (item) => item.pending === queue && String(item.pendingSince) <= latest,
        'pendingSince',
      ).slice(0, limit);
    },
    async update(change, when) {
      if (!holds(change.key, when)) {
        throw new ConflictError([0], { item: itemAt(change.key) });
      }
      put(change.key, changed(items.get(nameOf(change.key)), change));
      return itemAt(change.key) ?? {};
    },
    async transact(operations) {
      if (operations.length > transactionItemsMax) {
        throw new RangeError(`a transaction of ${operations.length} items`);
      }
      if (new Set(operations.map((operation) => nameOf(keyOf(operation)))).size < operations.length) {
        throw new Error('a transaction has two operations on one item');
      }
      const failed = operations.flatMap((operation, place) =>
        holds(keyOf(operation), operation.when) ? [] : [place],
      );
      if (failed.length > 0) {
        throw new ConflictError(failed);
      }
      for (const operation of operations) {
        const key = keyOf(operation);
        if ('put' in operation) {
          put(key, operation.item);
        } else if ('update' in operation) {
          put(key, changed(items.get(nameOf(key)), operation.update));
        } else if ('delete' in operation) {
          items.delete(nameOf(key));
          ordered.delete(key.pk);
          partitions.get(key.pk)?.delete(nameOf(key));
        }
      }
    },
  };
}

/** How many at the beginning the test holds for; it holds for none after those. */
function countWhile(names: readonly string[], test: (name: string) => boolean): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(names[middle] ?? '')) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function keyOf(operation: Operation): Key {
  if ('put' in operation) {
    return operation.put;
  }
  if ('update' in operation) {
    return operation.update.key;
  }
  return 'delete' in operation ? operation.delete : operation.check;
}

function changed(
  before: Item | undefined,
  { set = {}, setIfMissing = {}, add = {}, remove = [] }: Change,
): Item {
  const after: Record<string, unknown> = { ...setIfMissing, ...before, ...set };
  for (const [name, count] of Object.entries(add)) {
    after[name] = Number(before?.[name] ?? 0) + count;
  }
  for (const name of remove) {
    delete after[name];
  }
  return after;
}

function conditionHolds(condition: Condition, item: Item | undefined): boolean {
  switch (condition.is) {
    case 'absent':
      return item === undefined;
    case 'present':
      return item !== undefined;
    case 'equal':
      return item?.[condition.attribute] === condition.value;
    case 'less': {
      const value = item?.[condition.attribute];
      return typeof value === 'number' && value < condition.value;
    }
    case 'missing':
      return item?.[condition.attribute] === undefined;
    case 'differs': {
      const [one, other] = [item?.[condition.attribute], item?.[condition.other]];
      return other === undefined || one !== other;
    }
    case 'all':
      return condition.of.every((part) => conditionHolds(part, item));
    case 'any':
      return condition.of.some((part) => conditionHolds(part, item));
  }
}
