import { beforeEach, expect, it } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import { asId, type ForgeRepositoryId } from '../domain/ids.ts';
import { loadChunks } from '../store/chunk-store.ts';
import { chunkNames } from '../store/keys.ts';
import type { Table } from '../store/table.ts';
import { type LeftOutRecord, recordLeftOut } from './record-left-out.ts';

const repository = asId<ForgeRepositoryId>('5');
const lines = (count: number, reason = 'bad') =>
  Array.from({ length: count }, (_, number) => ({ ref: `tag ${number}`, reason }));

let table: Table;
let writes: number;
let now: number;
beforeEach(() => {
  const memory = createMemoryTable();
  writes = 0;
  now = Date.parse('2026-11-22T12:00:00Z');
  table = {
    ...memory,
    transact(operations) {
      writes += 1;
      return memory.transact(operations);
    },
  };
});
const record = (
  given: readonly { ref: string; reason: string }[],
  before: object = {},
): Promise<LeftOutRecord> =>
  recordLeftOut({ table, clock: { now: () => now } }, synchronizationId, repository, given, { ...before });
const stored = () => loadChunks(table, synchronizationId, chunkNames.leftOut(repository));

it('stores a few lines on the item and writes nothing else', async () => {
  expect(await record(lines(20))).toMatchObject({ skipped: lines(20), skippedCount: 20 });
  expect(writes).toBe(0);
});

it('stores many lines, even long ones, beside the item, and the first of them on it', async () => {
  const many = lines(5000, 'x'.repeat(300));
  const { skipped, skippedCount } = await record(many);
  expect(skippedCount).toBe(5000);
  expect(skipped).toEqual(many.slice(0, 20));
  expect(await stored()).toEqual(many);
  expect((await record(lines(20, '😀'.repeat(1000)))).skipped).toHaveLength(4);
});

it('writes them again only when they changed, or are half a day old', async () => {
  let before = await record(lines(30));
  const first = writes;
  before = await record(lines(30), before);
  expect(writes).toBe(first);
  before = await record(lines(31), before);
  expect(writes).toBe(2 * first);
  now += 13 * 3600_000;
  before = await record(lines(31), before);
  expect(writes).toBe(3 * first);
  expect(before.skippedStoredAt).toBe(now);
});
