import { describe, expect, it } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { desire, type EdgeRow, edgeRows, recordPublished, settledValue } from './edge-store.ts';
import { ConflictError, type Table } from './table.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const want = (table: Table, value: string | undefined) =>
  table.transact([desire('t/one', value, { kind: 'token' }, now)]);

async function row(table: Table): Promise<EdgeRow> {
  const [found] = await edgeRows(table, 't/');
  if (!found) {
    throw new Error('there is no row');
  }
  return found;
}

describe('a row of the edge', () => {
  it('is settled while the wanted value is published', async () => {
    const table = createMemoryTable();
    await want(table, 'u.ann|0');
    expect(settledValue(await row(table))).toBeUndefined();
    await table.transact([recordPublished(await row(table))]);
    expect(settledValue(await row(table))).toBe('u.ann|0');
    await want(table, undefined);
    expect(settledValue(await row(table))).toBeUndefined();
    expect((await row(table)).published).toBe('u.ann|0');
    await table.transact([recordPublished(await row(table))]);
    expect(await row(table)).toMatchObject({ value: undefined, published: undefined, wanted: 2, done: 2 });
    expect(settledValue(undefined)).toBeUndefined();
  });

  it('never goes back to a value published before', async () => {
    const table = createMemoryTable();
    await want(table, 'u.ann|0');
    const old = await row(table);
    await want(table, undefined);
    await table.transact([recordPublished(await row(table))]);
    await expect(table.transact([recordPublished(old)])).rejects.toThrow(ConflictError);
    expect(await row(table)).toMatchObject({ published: undefined, done: 2 });
  });
});
