import type { Item, Table } from '../../shared/store/table.ts';

/** Counts what DynamoDB would: a read returns at most 1 MB, and one of several keys at most 100 items. */
export function countReads(table: Table): () => number {
  let reads = 0;
  const { get, getMany, query } = table;
  const pages = (items: readonly Item[]) => Math.max(1, Math.ceil(JSON.stringify(items).length / 1_048_576));
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
