import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useTables } from '../../test/support/table.ts';
import {
  absent,
  all,
  any,
  type Condition,
  differs,
  equal,
  missing,
  missingOrLess,
  present,
} from './condition.ts';
import { ConflictError, createTable, type Table } from './table.ts';

const newTable = useTables();
const key = { pk: 'A', sk: '1' };

async function holds(table: Table, when: Condition): Promise<boolean> {
  try {
    await table.transact([{ check: key, when }]);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ConflictError);
    return false;
  }
}

describe('conditions', () => {
  it.each([
    ['absent', absent, false],
    ['present', present, true],
    ['equal', equal('name', 'x'), true],
    ['not equal', equal('name', 'y'), false],
    ['equal to a missing attribute', equal('other', 'x'), false],
    ['less', { is: 'less', attribute: 'count', value: 6 }, true],
    ['not less', { is: 'less', attribute: 'count', value: 5 }, false],
    ['missing or less, missing', missingOrLess('other', 1), true],
    ['missing or less, equal', missingOrLess('count', 5), false],
    ['missing', missing('name'), false],
    ['differs from another', differs('count', 'same'), false],
    ['differs from one that is missing', differs('count', 'other'), true],
    ['all', all(equal('name', 'x'), equal('count', 5)), true],
    ['not all', all(equal('name', 'x'), equal('count', 6)), false],
    ['any', any(equal('name', 'y'), equal('count', 5)), true],
    ['none of any', any(equal('name', 'y'), equal('count', 6)), false],
  ] as const)('%s', async (_, when, expected) => {
    const table = await newTable();
    await table.transact([{ put: key, item: { name: 'x', count: 5, same: 5 } }]);
    expect(await holds(table, when)).toBe(expected);
  });
});

describe('update', () => {
  it('sets, adds, sets what is missing, and removes, also by setting undefined', async () => {
    const table = await newTable();
    await table.transact([{ put: key, item: { gone: 1, empty: 2, kept: 3 } }]);
    const after = await table.update({
      key,
      set: { name: 'x', empty: undefined },
      setIfMissing: { kept: 9, fresh: 9 },
      add: { wanted: 1 },
      remove: ['gone'],
    });
    expect(after).toEqual({ ...key, name: 'x', kept: 3, fresh: 9, wanted: 1 });
    expect(await table.get(key)).toEqual(after);
  });

  it('returns the item that made its condition fail', async () => {
    const table = await newTable();
    await table.transact([{ put: key, item: { name: 'x' } }]);
    await expect(table.update({ key, set: { name: 'y' } }, equal('name', 'z'))).rejects.toMatchObject({
      name: 'ConflictError',
      item: { name: 'x' },
    });
    await expect(table.update({ key: { pk: 'B', sk: '1' }, add: { n: 1 } }, present)).rejects.toMatchObject({
      item: undefined,
    });
  });
});

describe('transact', () => {
  it('writes all or nothing, and says which condition failed', async () => {
    const table = await newTable();
    const other = { pk: 'A', sk: '2' };
    await table.transact([{ put: key, item: {} }]);
    await expect(
      table.transact([
        { put: other, item: {} },
        { put: key, item: {}, when: absent },
        { delete: { pk: 'A', sk: '3' }, when: present },
      ]),
    ).rejects.toMatchObject({ failed: [1, 2] });
    expect(await table.get(other)).toBeUndefined();
  });

  it('rejects more operations than the service accepts, and does nothing for an empty list', async () => {
    const table = await newTable();
    const many = Array.from({ length: 101 }, (_, place) => ({
      put: { pk: 'A', sk: String(place) },
      item: {},
    }));
    await expect(table.transact(many)).rejects.toThrow(RangeError);
    await table.transact(many.slice(1));
    await table.transact([]);
    expect(await table.query('A', '')).toHaveLength(100);
  });

  it('retries when it only conflicted with another writer', async () => {
    const { table, calls } = await serviceThatRefuses(3, cancelled('None', 'TransactionConflict'));
    await table.transact([{ put: key, item: {} }]);
    expect(calls()).toBe(4);
  });

  it('retries a single write that conflicted with a transaction', async () => {
    const { table, calls } = await serviceThatRefuses(2, {
      __type: `${wireNamespace}TransactionConflictException`,
    });
    await table.update({ key, add: { n: 1 } });
    expect(calls()).toBe(3);
  });

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'retries what the service throttled: %s',
    async (reason) => {
      const { table, calls } = await serviceThatRefuses(3, cancelled('None', reason));
      await table.transact([{ put: key, item: {} }]);
      expect(calls()).toBe(4);
    },
  );

  it('gives up when writers keep conflicting', async () => {
    const { table, calls } = await serviceThatRefuses(100, cancelled('None', 'TransactionConflict'));
    await expect(table.transact([{ put: key, item: {} }])).rejects.toMatchObject({
      name: 'ConflictError',
      failed: [],
    });
    expect(calls()).toBe(8);
  });

  it('does not retry a failed condition', async () => {
    const { table, calls } = await serviceThatRefuses(
      100,
      cancelled('ConditionalCheckFailed', 'TransactionConflict'),
    );
    await expect(table.transact([{ put: key, item: {} }])).rejects.toMatchObject({ failed: [0] });
    expect(calls()).toBe(1);
  });
});

const wireNamespace = 'com.amazonaws.dynamodb.v20120810#';
const cancelled = (...reasons: readonly string[]) => ({
  __type: `${wireNamespace}TransactionCanceledException`,
  CancellationReasons: reasons.map((Code) => ({ Code })),
});

/** The emulator has no transaction conflicts; this service refuses this often with the error, and then accepts everything. */
async function serviceThatRefuses(refusals: number, error: object) {
  let calls = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      calls++;
      const refused = calls <= refusals;
      response.writeHead(refused ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(refused ? error : {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return { table: createTable({ client, tableName: 'none' }), calls: () => calls };
}

describe('query, getMany and pending', () => {
  it('load all pages', async () => {
    const table = await newTable();
    // More than the megabyte of one page.
    const text = 'x'.repeat(30_000);
    for (let start = 0; start < 50; start += 10) {
      await table.transact(
        Array.from({ length: 10 }, (_, place) => ({
          put: { pk: 'A', sk: String(start + place).padStart(3, '0') },
          item: { text, pending: 'sync', pendingSince: '2026-11-22T11:00:00.000Z' },
        })),
      );
    }
    const now = Date.parse('2026-11-22T12:00:00Z');
    expect(await table.query('A', '')).toHaveLength(50);
    expect(await table.query('A', '00')).toHaveLength(10);
    expect((await table.query('A', '', { descending: true, limit: 1 })).map(({ sk }) => sk)).toEqual(['049']);
    expect(await table.pending('sync', { before: now, limit: 100 })).toHaveLength(50);
    expect(await table.pending('sync', { before: now, limit: 45 })).toHaveLength(45);
    expect(await table.pending('scan', { before: now, limit: 45 })).toEqual([]);
    const keys = ['049', '999', '000'].map((sk) => ({ pk: 'A', sk }));
    expect((await table.getMany(keys)).map((item) => item?.sk)).toEqual(['049', undefined, '000']);
  });

  it('load more keys than one request takes, each as often as it was named', async () => {
    const table = await newTable();
    const keys = Array.from({ length: 230 }, (_, place) => ({ pk: 'A', sk: String(place) }));
    for (let start = 0; start < 230; start += 100) {
      await table.transact(keys.slice(start, start + 100).map((put) => ({ put, item: {} })));
    }
    const asked = [...keys, { pk: 'B', sk: '1' }, ...keys.slice(0, 5)];
    expect((await table.getMany(asked)).map((item) => item?.sk)).toEqual([
      ...keys.map(({ sk }) => sk),
      undefined,
      ...keys.slice(0, 5).map(({ sk }) => sk),
    ]);
    expect(await table.getMany([])).toEqual([]);
  });
});
