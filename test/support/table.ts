/** A DynamoDB emulator for tests of stores and of what is built on them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { ENDPOINT_VARIABLE, startTableService, type TableService } from '../../local/cloud/services/table.ts';
import { tableKeys } from '../../shared/store/keys.ts';
import { createTable, type Table } from '../../shared/store/table.ts';

/**
 * Starts the emulator for the test file and stops it afterwards.
 *
 * @returns a function that makes an empty table with the keys and the index of the template
 */
export function useTables(): () => Promise<Table> {
  let directory: string;
  let service: TableService;
  let client: DynamoDBClient;
  let count = 0;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'repertoire-table-'));
    service = await startTableService({ directory, endpoint: process.env[ENDPOINT_VARIABLE] });
    client = new DynamoDBClient({
      endpoint: service.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });
  afterAll(async () => {
    client.destroy();
    await service.close();
    await rm(directory, { recursive: true });
  });
  return async () => {
    const tableName = `test-${process.pid}-${++count}`;
    const { partitionKey, sortKey, pendingIndex } = tableKeys;
    const names = [partitionKey, sortKey, pendingIndex.partitionKey, pendingIndex.sortKey];
    const key = (hash: string, range: string) => [
      { AttributeName: hash, KeyType: 'HASH' as const },
      { AttributeName: range, KeyType: 'RANGE' as const },
    ];
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: key(partitionKey, sortKey),
        GlobalSecondaryIndexes: [
          {
            IndexName: pendingIndex.name,
            KeySchema: key(pendingIndex.partitionKey, pendingIndex.sortKey),
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
    return createTable({ client, tableName });
  };
}
