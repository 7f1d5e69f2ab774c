import { randomUUID } from 'node:crypto';
import {
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { RegisterCheck } from './contract-checks.ts';
import { failure } from './contract-setup.ts';
import { caught, type Item, key, N, S, TableName, type TableTarget } from './table-under-test.ts';

/**
 * What we rely on of DynamoDB's transactions.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export function tableTransactionsContract({ client }: TableTarget, check: RegisterCheck): void {
  const get = async (Key: Item) =>
    (await client().send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
  const put = (Item: Item) => client().send(new PutItemCommand({ TableName, Item }));
  const transact = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
    client().send(
      new TransactWriteItemsCommand({
        TransactItems,
        ...(ClientRequestToken === undefined ? {} : { ClientRequestToken }),
      }),
    );
  const reasons = async (call: Promise<unknown>) => {
    const error = await caught(call);
    if (!(error instanceof TransactionCanceledException)) throw error;
    return (error.CancellationReasons ?? []).map(({ Code }) => Code);
  };
  /** A separate partition for each check. */
  const partition = () => randomUUID();

  check('a transaction applies all of its operations', async () => {
    const pk = partition();
    await put({ ...key(pk, 'deleted') });
    await put({ ...key(pk, 'checked'), state: S('on') });
    await transact([
      { Put: { TableName, Item: { ...key(pk, 'put'), n: N(1) } } },
      {
        Update: {
          TableName,
          Key: key(pk, 'updated'),
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': N(1) },
        },
      },
      { Delete: { TableName, Key: key(pk, 'deleted') } },
      {
        ConditionCheck: {
          TableName,
          Key: key(pk, 'checked'),
          ConditionExpression: '#state = :on',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':on': S('on') },
        },
      },
    ]);
    expect(await get(key(pk, 'put'))).toEqual({ ...key(pk, 'put'), n: N(1) });
    expect(await get(key(pk, 'updated'))).toEqual({ ...key(pk, 'updated'), n: N(1) });
    expect(await get(key(pk, 'deleted'))).toBeUndefined();
  });

  check('a transaction applies nothing if one condition does not hold, and reports which', async () => {
    const pk = partition();
    await put({ ...key(pk, 'taken'), value: S('old') });
    const putNew = (sk: string): TransactWriteItem => ({
      Put: {
        TableName,
        Item: key(pk, sk),
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    });
    const check_: TransactWriteItem = {
      ConditionCheck: { TableName, Key: key(pk, 'none'), ConditionExpression: 'attribute_exists(pk)' },
    };
    const error = await caught(transact([putNew('free'), putNew('taken'), check_]));
    if (!(error instanceof TransactionCanceledException)) throw error;
    expect(error.CancellationReasons).toMatchObject([
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: { ...key(pk, 'taken'), value: S('old') } },
      { Code: 'ConditionalCheckFailed' },
    ]);
    expect(await get(key(pk, 'free'))).toBeUndefined();
  });

  check('a transaction is applied once per token', async () => {
    const Key = key(partition());
    const token = randomUUID();
    const add = (by: number) =>
      transact(
        [
          {
            Update: {
              TableName,
              Key,
              UpdateExpression: 'ADD n :by',
              ExpressionAttributeValues: { ':by': N(by) },
            },
          },
        ],
        token,
      );
    await add(1);
    await add(1);
    expect((await get(Key))?.n).toEqual(N(1));
    expect(await failure(add(2))).toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });

  check('a transaction may name an item only once, and at most 100 items', async () => {
    const pk = partition();
    const some = (sk: string): TransactWriteItem => ({ Put: { TableName, Item: key(pk, sk) } });
    expect(await failure(transact([some('a'), some('a')]))).toMatchObject({ name: 'ValidationException' });
    const many = Array.from({ length: 101 }, (_, index) => some(String(index)));
    expect(await failure(transact(many))).toMatchObject({ name: 'ValidationException' });
    expect(await get(key(pk, '0'))).toBeUndefined();
  });

  check(
    'racing transactions are all counted, or report the conflict',
    async () => {
      const pk = partition();
      const add = () =>
        transact(
          ['1', '2'].map((sk) => ({
            Update: {
              TableName,
              Key: key(pk, sk),
              UpdateExpression: 'ADD n :one',
              ExpressionAttributeValues: { ':one': N(1) },
            },
          })),
        ).then(
          () => 'added',
          async (error: unknown) => {
            expect(await reasons(Promise.reject(error))).toContain('TransactionConflict');
            return 'met';
          },
        );
      const results = await Promise.all(Array.from({ length: 20 }, add));
      const added = results.filter((result) => result === 'added').length;
      expect(added).toBeGreaterThan(0);
      for (const sk of ['1', '2']) expect((await get(key(pk, sk)))?.n).toEqual(N(added));
    },
    { race: true },
  );
}
