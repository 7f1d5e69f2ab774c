import type { Item, Table } from '../../shared/store/table.ts';

/** Counts what DynamoDB would: a read returns at most 1 MB, and one of several keys at most 100 items. */
export function countReads(table: Table): () => number {
  let reads = 0;
  const { get, getMany, query } = table;
  // The table gives the same object for an item until it changes.
  const sizes = new WeakMap<Item, number>();
  const sizeOf = (item: Item): number => {
    const size = sizes.get(item) ?? JSON.stringify(item).length + 1;
    sizes.set(item, size);
    return size;
  };
  const pages = (items: readonly Item[]) =>
    Math.max(1, Math.ceil(items.reduce((bytes, item) => bytes + sizeOf(item), 0) / 1_048_576));
  table.get = async (key) => {
    reads++;
    return get(key);
  };
  table.getMany = async (list) => {
    reads += Math.ceil(list.length / 100);
    return getMany(list);
  };
  table.query = async (...asked) => {
    const items = await query(...asked);
    reads += pages(items);
    return items;
  };
  return () => reads;
}

/** Counts the items that queries return. */
export function countQueried(table: Table): () => number {
  let count = 0;
  const { query } = table;
  table.query = async (...asked) => {
    const items = await query(...asked);
    count += items.length;
    return items;
  };
  return () => count;
}
