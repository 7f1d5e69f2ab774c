import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContractSetup, failure, startContractSetup } from './contract-setup.ts';
import { startTableService, type TableService } from './table.ts';

const TableName = 'contract';
let directory: string;
let table: TableService;
let setup: ContractSetup;
let dynamo: DynamoDBClient;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'repertoire-table-'));
  table = await startTableService({ directory });
  setup = await startContractSetup(() => ({ table }));
  dynamo = new DynamoDBClient(setup.client);
  await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'gsi'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byGsi',
          KeySchema: [
            { AttributeName: 'gsi', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
});
afterAll(async () => {
  await setup.close();
  await table.close();
  rmSync(directory, { recursive: true, force: true });
});

const item = (pk: string, sk = 'a', more: Record<string, string> = {}) => ({
  pk: { S: pk },
  sk: { S: sk },
  ...Object.fromEntries(Object.entries(more).map(([name, S]) => [name, { S }])),
});
const putNew = (Item: ReturnType<typeof item>) =>
  dynamo.send(
    new PutItemCommand({
      TableName,
      Item,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  );
const get = async (pk: string) =>
  (await dynamo.send(new GetItemCommand({ TableName, Key: item(pk), ConsistentRead: true }))).Item;

async function caught(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('The call did not fail');
}

describe('through the gateway, DynamoDB', () => {
  it('puts on a condition and shows what was there', async () => {
    await putNew(item('conditional', 'a', { value: '1' }));
    expect(await caught(putNew(item('conditional', 'a', { value: '2' })))).toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: item('conditional', 'a', { value: '1' }),
    });
  });

  it('cancels a whole transaction and says why', async () => {
    await putNew(item('taken', 'a', { value: 'old' }));
    const put = (Item: ReturnType<typeof item>): TransactWriteItem => ({
      Put: {
        TableName,
        Item,
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    });
    const error = await caught(
      dynamo.send(new TransactWriteItemsCommand({ TransactItems: [put(item('free')), put(item('taken'))] })),
    );
    if (!(error instanceof TransactionCanceledException)) throw error;
    expect(error.CancellationReasons).toMatchObject([
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: item('taken', 'a', { value: 'old' }) },
    ]);
    expect(await get('free')).toBeUndefined();
  });

  it('applies a transaction once under its token', async () => {
    const increment = (by: string) =>
      dynamo.send(
        new TransactWriteItemsCommand({
          ClientRequestToken: 'once',
          TransactItems: [
            {
              Update: {
                TableName,
                Key: item('counter'),
                UpdateExpression: 'ADD n :by',
                ExpressionAttributeValues: { ':by': { N: by } },
              },
            },
          ],
        }),
      );
    await increment('1');
    await increment('1');
    expect((await get('counter'))?.n).toEqual({ N: '1' });
    expect(await failure(increment('2'))).toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });

  it('queries an index that only some items are in', async () => {
    await putNew(item('index', 'b', { gsi: 'group' }));
    await putNew(item('index', 'a', { gsi: 'group' }));
    await putNew(item('index', 'c'));
    const { Items } = await dynamo.send(
      new QueryCommand({
        TableName,
        IndexName: 'byGsi',
        KeyConditionExpression: 'gsi = :gsi',
        ExpressionAttributeValues: { ':gsi': { S: 'group' } },
      }),
    );
    expect(Items?.map(({ sk }) => sk?.S)).toEqual(['a', 'b']);
  });

  it('lets racing transactions all count', async () => {
    const add = (index: number) =>
      dynamo.send(
        new TransactWriteItemsCommand({
          TransactItems: ['race/a', 'race/b'].map((pk) => ({
            Update: {
              TableName,
              Key: item(pk),
              UpdateExpression: 'ADD n :one SET latest = :index',
              ExpressionAttributeValues: { ':one': { N: '1' }, ':index': { N: String(index) } },
            },
          })),
        }),
      );
    await Promise.all(Array.from({ length: 20 }, (_, index) => add(index)));
    const [a, b] = [await get('race/a'), await get('race/b')];
    expect(a?.n).toEqual({ N: '20' });
    expect(b).toEqual({ ...a, pk: { S: 'race/b' } });
  });
});

describe('the server', () => {
  it('keeps its data over a new start', async () => {
    const own = mkdtempSync(join(tmpdir(), 'repertoire-table-'));
    const client = ({ endpoint }: TableService) => new DynamoDBClient({ ...setup.client, endpoint });
    const first = await startTableService({ directory: own });
    await client(first).send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    await client(first).send(new PutItemCommand({ TableName, Item: { pk: { S: 'kept' } } }));
    await first.close();
    expect(await caught(fetch(first.endpoint))).toBeInstanceOf(TypeError);
    const second = await startTableService({ directory: own });
    const { Item } = await client(second).send(new GetItemCommand({ TableName, Key: { pk: { S: 'kept' } } }));
    expect(Item).toEqual({ pk: { S: 'kept' } });
    await second.close();
    rmSync(own, { recursive: true });
  });

  it('dies with the process that started it, even if that is killed', async () => {
    const own = mkdtempSync(join(tmpdir(), 'repertoire-table-'));
    const script = `
      import { startTableService } from ${JSON.stringify(new URL('table.ts', import.meta.url).href)};
      const { endpoint } = await startTableService({ directory: ${JSON.stringify(own)} });
      console.log(endpoint);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const endpoint = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8').trim())),
    );
    expect((await fetch(endpoint)).status).toBeLessThan(500);
    parent.kill('SIGKILL');
    await expect
      .poll(
        () =>
          fetch(endpoint).then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 5_000 },
      )
      .toBe('down');
    rmSync(own, { recursive: true });
  });

  it('may be another one, which stays', async () => {
    const given = await startTableService({ directory, endpoint: `${table.endpoint}/` });
    expect(given.endpoint).toBe(table.endpoint);
    await given.close();
    expect((await fetch(table.endpoint)).status).toBeLessThan(500);
  });

  it('that does not come with this system is asked for in one line', async () => {
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'plan9' });
    try {
      const error = await caught(startTableService({ directory }));
      expect(String(error)).toMatch(/^Error: No DynamoDB server .* plan9-.*REPERTOIRE_DYNAMODB_ENDPOINT.*$/);
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
  });
});
