import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { RegisterCheck } from './contract-checks.ts';
import { failure } from './contract-setup.ts';
import { caught, type Item, key, N, S, TableName, type TableTarget } from './table-under-test.ts';

/** What we rely on of DynamoDB. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/ */
export function tableContract({ client }: TableTarget, check: RegisterCheck): void {
  const get = async (Key: Item) =>
    (await client().send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
  const put = (Item: Item) => client().send(new PutItemCommand({ TableName, Item }));
  const update = (more: Omit<UpdateItemCommandInput, 'TableName'>) =>
    client().send(
      new UpdateItemCommand({
        TableName,
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        ...more,
      }),
    );
  const query = (more: Partial<QueryCommandInput>) => client().send(new QueryCommand({ TableName, ...more }));
  /** A separate partition for each check. */
  const partition = () => randomUUID();

  check('an update sets, adds and removes attributes and keeps the others', async () => {
    const Key = key(partition());
    await put({ ...Key, gone: S('x'), kept: S('first'), n: N(5) });
    const { Attributes } = await update({
      Key,
      UpdateExpression:
        'SET #state = :state, #kept = if_not_exists(#kept, :kept), #made = if_not_exists(#made, :made) ADD #n :n, #count :n REMOVE #gone',
      ExpressionAttributeNames: {
        '#state': 'state',
        '#kept': 'kept',
        '#made': 'made',
        '#n': 'n',
        '#count': 'count',
        '#gone': 'gone',
      },
      ExpressionAttributeValues: { ':state': S('on'), ':kept': S('second'), ':made': S('now'), ':n': N(2) },
    });
    expect(Attributes).toEqual({
      ...Key,
      state: S('on'),
      kept: S('first'),
      made: S('now'),
      n: N(7),
      count: N(2),
    });
    expect(await get(Key)).toEqual(Attributes);
  });

  check('an update creates the item, and accepts any value', async () => {
    const Key = key(partition());
    const value: AttributeValue = {
      M: {
        list: { L: [S('ü'), N(-1.5), { BOOL: true }, { NULL: true }] },
        empty: S(''),
        bytes: { B: new Uint8Array([0, 255]) },
        set: { SS: ['a', 'b'] },
      },
    };
    await update({ Key, UpdateExpression: 'SET v = :v', ExpressionAttributeValues: { ':v': value } });
    expect(await get(Key)).toEqual({ ...Key, v: value });
  });

  const below = { ConditionExpression: 'attribute_not_exists(n) OR n < :n', UpdateExpression: 'SET n = :n' };

  check('an update whose condition does not hold shows the existing item', async () => {
    const Key = key(partition());
    const raise = (n: number) => update({ Key, ...below, ExpressionAttributeValues: { ':n': N(n) } });
    await raise(1);
    await raise(2);
    const error = await caught(raise(2));
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toMatchObject({ Item: { ...Key, n: N(2) } });
    expect(await get(Key)).toEqual({ ...Key, n: N(2) });
  });

  check('an update on condition that an item exists creates none', async () => {
    const Key = key(partition());
    const call = update({
      Key,
      ConditionExpression: 'attribute_exists(pk)',
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': N(1) },
    });
    const error = await caught(call);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).not.toHaveProperty('Item.pk');
    expect(await get(Key)).toBeUndefined();
  });

  check('conditions compare attributes with each other; a missing one equals nothing', async () => {
    const pk = partition();
    await put({ ...key(pk, 'same'), wanted: N(1), done: N(1) });
    await put({ ...key(pk, 'behind'), wanted: N(2), done: N(1) });
    await put({ ...key(pk, 'never'), wanted: N(2) });
    const remove = (sk: string) =>
      client().send(
        new DeleteItemCommand({ TableName, Key: key(pk, sk), ConditionExpression: 'wanted <> done' }),
      );
    expect(await failure(remove('same'))).toMatchObject({ name: 'ConditionalCheckFailedException' });
    await remove('behind');
    await remove('never');
    expect(await get(key(pk, 'behind'))).toBeUndefined();
  });

  check('a condition with an unused value is refused', async () => {
    const call = update({
      Key: key(partition()),
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': N(1), ':unused': N(2) },
    });
    expect(await failure(call)).toEqual({ name: 'ValidationException', status: 400 });
  });

  check('a key of the index cannot be empty', async () => {
    const call = put({ ...key(partition()), pending: S(''), pendingSince: S('1') });
    expect(await failure(call)).toEqual({ name: 'ValidationException', status: 400 });
  });

  check('a query returns what begins with a prefix, in the order of bytes, in both directions', async () => {
    const pk = partition();
    for (const sk of ['B#1', 'A#2', 'A#10', 'A#é', 'A_1', 'A']) await put(key(pk, sk));
    const found = async (ScanIndexForward: boolean) => {
      const { Items = [] } = await query({
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': S(pk), ':prefix': S('A#') },
        ScanIndexForward,
      });
      return Items.map(({ sk }) => sk?.S);
    };
    expect(await found(true)).toEqual(['A#10', 'A#2', 'A#é']);
    expect(await found(false)).toEqual(['A#é', 'A#2', 'A#10']);
  });

  check('a prefix is case-sensitive', async () => {
    const pk = partition();
    for (const sk of ['A#1', 'a#1']) await put(key(pk, sk));
    const { Items } = await query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': S(pk), ':prefix': S('A#') },
    });
    expect(Items?.map(({ sk }) => sk?.S)).toEqual(['A#1']);
  });

  check('a query is paged, by number and by size', async () => {
    const pk = partition();
    const note = S('x'.repeat(300_000));
    for (const sk of ['1', '2', '3', '4', '5']) await put({ ...key(pk, sk), note });
    const pages = async (more: Partial<QueryCommandInput>) => {
      const sizes: number[] = [];
      let start: Item | undefined;
      do {
        const page = await query({
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': S(pk) },
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          ...more,
        });
        sizes.push(page.Items?.length ?? 0);
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return sizes;
    };
    const byNumber = await pages({ Limit: 2 });
    expect(byNumber.slice(0, 3)).toEqual([2, 2, 1]);
    const bySize = await pages({});
    expect(bySize.length).toBeGreaterThan(1);
    expect(bySize.reduce((sum, size) => sum + size, 0)).toBe(5);
  });

  check('the index has only items with both its keys, until they are removed', async () => {
    const pk = partition();
    const due = (since: string) => ({ pending: S(pk), pendingSince: S(since) });
    await put({ ...key(pk, 'late'), ...due('2026-02') });
    await put({ ...key(pk, 'early'), ...due('2026-01') });
    await put({ ...key(pk, 'half'), pending: S(pk) });
    await put({ ...key(pk, 'future'), ...due('2027-01') });
    const pending = async (more: Partial<QueryCommandInput> = {}) => {
      const { Items = [], LastEvaluatedKey } = await query({
        IndexName: 'pending',
        KeyConditionExpression: '#queue = :queue AND #since <= :before',
        ExpressionAttributeNames: { '#queue': 'pending', '#since': 'pendingSince' },
        ExpressionAttributeValues: { ':queue': S(pk), ':before': S('2026-12') },
        ...more,
      });
      return { found: Items.map(({ sk }) => sk?.S), next: LastEvaluatedKey };
    };
    expect((await pending()).found).toEqual(['early', 'late']);
    const { found, next } = await pending({ Limit: 1 });
    expect(found).toEqual(['early']);
    expect(next).toEqual({ ...key(pk, 'early'), ...due('2026-01') });
    expect((await pending({ ExclusiveStartKey: next })).found).toEqual(['late']);
    await update({ Key: key(pk, 'early'), UpdateExpression: 'REMOVE pending, pendingSince' });
    expect((await pending()).found).toEqual(['late']);
  });

  check('an index cannot be read consistently', async () => {
    const call = query({
      IndexName: 'pending',
      ConsistentRead: true,
      KeyConditionExpression: 'pending = :queue',
      ExpressionAttributeValues: { ':queue': S('x') },
    });
    expect(await failure(call)).toEqual({ name: 'ValidationException', status: 400 });
  });

  check('a batch returns the items that exist', async () => {
    const pk = partition();
    await put(key(pk, '1'));
    await put(key(pk, '2'));
    const Keys = ['1', '2', '3'].map((sk) => key(pk, sk));
    const { Responses, UnprocessedKeys } = await client().send(
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
    );
    expect(Responses?.[TableName]?.map(({ sk }) => sk?.S).sort()).toEqual(['1', '2']);
    expect(UnprocessedKeys).toEqual({});
  });

  check('a batch accepts at most 100 keys, each once', async () => {
    const batch = (Keys: Item[]) =>
      failure(client().send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } })));
    const many = Array.from({ length: 101 }, (_, index) => key('batch', String(index)));
    expect(await batch(many)).toEqual({ name: 'ValidationException', status: 400 });
    expect(await batch([key('batch'), key('batch')])).toEqual({ name: 'ValidationException', status: 400 });
  });
}
