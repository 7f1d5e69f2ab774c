import type { Table } from '../../shared/store/table.ts';

/** A table that counts reads: a query or a batch is one, as it is one request. */
export function watchReads(table: Table): { readonly table: Table; take(): number } {
  let reads = 0;
  const counted =
    <Parameters extends readonly unknown[], Result>(read: (...parameters: Parameters) => Result) =>
    (...parameters: Parameters): Result => {
      reads++;
      return read(...parameters);
    };
  return {
    table: {
      ...table,
      get: counted(table.get),
      getMany: counted(table.getMany),
      query: counted(table.query),
      pending: counted(table.pending),
    },
    take() {
      const taken = reads;
      reads = 0;
      return taken;
    },
  };
}
