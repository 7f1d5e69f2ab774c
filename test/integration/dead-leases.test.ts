/** What a killed `npm start` left under lease. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTableService, type TableService } from '../../local/cloud/services/table.ts';
import { endDeadLeases } from '../../local/start/dead-leases.ts';
import { createTable, type Table } from '../../shared/store/table.ts';

const now = Date.parse('2026-11-28T12:00:00Z');
let directory: string;
let service: TableService;
let client: DynamoDBClient;
let table: Table;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dead-leases-'));
  service = await startTableService({ directory, endpoint: undefined });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new DynamoDBClient({ endpoint: service.endpoint, region: 'us-east-1', credentials });
  await client.send(
    new CreateTableCommand({
      TableName: 'test',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  table = createTable({ client, tableName: 'test' });
});
afterAll(async () => {
  client.destroy();
  await service.close();
  await rm(directory, { recursive: true });
});

it('is free for the next worker at once, and work that is to begin later stays so', async () => {
  const key = (sk: string) => ({ pk: 'WORK', sk });
  const items = {
    dead: { leaseId: 'one', leaseUntil: now + 330_000, wanted: 2, done: 1 },
    ended: { leaseId: 'two', leaseUntil: now - 5, wanted: 1, done: 0 },
    later: { leaseUntil: now + 60_000, wanted: 1, done: 0 },
    idle: { wanted: 1, done: 1 },
  };
  await table.transact(Object.entries(items).map(([sk, item]) => ({ put: key(sk), item })));
  expect(await endDeadLeases(service.endpoint, now)).toBe(1);
  expect(await table.get(key('dead'))).toEqual({ ...key('dead'), ...items.dead, leaseUntil: now - 1 });
  for (const name of ['ended', 'later', 'idle'] as const) {
    expect(await table.get(key(name))).toEqual({ ...key(name), ...items[name] });
  }
});
