import type { Table } from '../../shared/store/table.ts';

/** A table to which something else happens right before the first transaction. */
export function meanwhile(table: Table, act: () => Promise<unknown>): Table {
  let isFirst = true;
  return {
    ...table,
    async transact(operations) {
      if (isFirst) {
        isFirst = false;
        await act();
      }
      return table.transact(operations);
    },
  };
}
