/** A table that counts writes of facts and records when numbers were drawn. */
import type { Key } from '../../../shared/store/keys.ts';
import type { Operation } from '../../../shared/store/table.ts';
import type { MemoryTable } from '../../support/memory-table.ts';

export interface WatchedTable extends MemoryTable {
  /** How often facts were written. */
  factWrites(): number;
  /** When a run drew its number, before its first request; milliseconds since the epoch. */
  drawnAt(number: number): number;
}

/**
 * @param now milliseconds since the epoch
 * @param before when earlier numbers were drawn
 */
export function watchTable(table: MemoryTable, now: () => number, before: number): WatchedTable {
  let factWrites = 0;
  const drawn = new Map<number, number>();
  const note = ({ sk }: Key): void => {
    factWrites += sk.startsWith('FACT#') ? 1 : 0;
  };
  return {
    ...table,
    async update(change, when) {
      const item = await table.update(change, when);
      note(change.key);
      if (change.add?.counter !== undefined) {
        drawn.set(Number(item.counter), now());
      }
      return item;
    },
    async transact(operations) {
      await table.transact(operations);
      for (const key of operations.flatMap(writtenBy)) {
        note(key);
      }
    },
    factWrites: () => factWrites,
    drawnAt: (number) => drawn.get(number) ?? before,
  };
}

function writtenBy(operation: Operation): readonly Key[] {
  if ('put' in operation) {
    return [operation.put];
  }
  if ('update' in operation) {
    return [operation.update.key];
  }
  return 'delete' in operation ? [operation.delete] : [];
}
