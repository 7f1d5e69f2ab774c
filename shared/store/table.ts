/**
 * The one table, as our stores use it: consistent reads, conditional writes as data, transactions. No SDK type or error leaves
 * this file.
 */
import { setTimeout } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { ConflictError } from '../domain/conflict-error.ts';
import { type Condition, conditionExpression, createPlaceholders } from './condition.ts';
import { type Key, tableKeys } from './keys.ts';

export { ConflictError };

export type Item = Readonly<Record<string, unknown>>;

export interface Change {
  readonly key: Key;
  readonly set?: Item;
  /** Set only if the attribute is missing. */
  readonly setIfMissing?: Item;
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
}

/** One operation of a transaction. */
export type Operation =
  | { readonly put: Key; readonly item: Item; readonly when?: Condition }
  | { readonly update: Change; readonly when?: Condition }
  | { readonly delete: Key; readonly when?: Condition }
  | { readonly check: Key; readonly when: Condition };

/** DynamoDB's limit for one transaction: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html */
export const transactionItemsMax = 100;

export interface Table {
  /** Consistent. */
  get(key: Key): Promise<Item | undefined>;
  /** Consistent; items in the order of the keys, undefined where there is none. */
  getMany(list: readonly Key[]): Promise<readonly (Item | undefined)[]>;
  /**
   * Every item of the partition whose sort key begins with the prefix, which may be empty; consistent, all pages.
   *
   * `after`: only items beyond this sort key, in the order of the query. It needs the prefix; no item need have it.
   */
  query(
    partition: string,
    prefix: string,
    options?: { descending?: boolean; limit?: number; after?: string | undefined },
  ): Promise<Item[]>;
  /** Items of the sparse index, which lags: for sweeps only. */
  pending(queue: string, options: { before: number; limit: number }): Promise<Item[]>;
  /** @throws ConflictError */
  update(change: Change, when?: Condition): Promise<Item>;
  /** All or nothing; at most `transactionItemsMax`. An empty list does nothing. @throws ConflictError */
  transact(operations: readonly Operation[]): Promise<void>;
}

export function createTable(options: { client: DynamoDBClient; tableName: string }): Table {
  const { tableName } = options;
  const client = DynamoDBDocumentClient.from(options.client, {
    marshallOptions: { removeUndefinedValues: true },
  });

  const get = async (key: Key): Promise<Item | undefined> => {
    const answer = await client.send(
      new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
    );
    return answer.Item;
  };

  return {
    get,
    async getMany(list) {
      const found = new Map<string, Item>();
      let wanted = [...new Map(list.map((key) => [`${key.pk}\n${key.sk}`, key])).values()];
      for (let round = 0; wanted.length > 0; round++) {
        if (round > 100) {
          throw new Error('the table leaves keys unread');
        }
        const answer = await client.send(
          new BatchGetCommand({
            RequestItems: { [tableName]: { Keys: wanted.slice(0, 100), ConsistentRead: true } },
          }),
        );
        for (const item of answer.Responses?.[tableName] ?? []) {
          found.set(`${item[tableKeys.partitionKey]}\n${item[tableKeys.sortKey]}`, item);
        }
        const unread = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
        wanted = [...(unread as Key[]), ...wanted.slice(100)];
      }
      return list.map((key) => found.get(`${key.pk}\n${key.sk}`));
    },
    async query(partition, prefix, query = {}) {
      const items: Item[] = [];
      let start: Record<string, unknown> | undefined =
        query.after === undefined ? undefined : { pk: partition, sk: query.after };
      do {
        const answer = await client.send(
          new QueryCommand({
            TableName: tableName,
            ConsistentRead: true,
            // DynamoDB rejects empty values in key conditions.
            KeyConditionExpression: `pk = :pk${prefix === '' ? '' : ' AND begins_with(sk, :prefix)'}`,
            ExpressionAttributeValues: { ':pk': partition, ...(prefix === '' ? {} : { ':prefix': prefix }) },
            ScanIndexForward: !query.descending,
            ...(query.limit === undefined ? {} : { Limit: query.limit }),
            ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          }),
        );
        items.push(...(answer.Items ?? []));
        start = answer.LastEvaluatedKey;
      } while (start !== undefined && (query.limit === undefined || items.length < query.limit));
      return items;
    },
    async pending(queue, { before, limit }) {
      const items: Item[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const answer = await client.send(
          new QueryCommand({
            TableName: tableName,
            IndexName: tableKeys.pendingIndex.name,
            KeyConditionExpression: '#queue = :queue AND #since <= :before',
            ExpressionAttributeNames: {
              '#queue': tableKeys.pendingIndex.partitionKey,
              '#since': tableKeys.pendingIndex.sortKey,
            },
            ExpressionAttributeValues: { ':queue': queue, ':before': pendingSince(before) },
            Limit: limit - items.length,
            ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          }),
        );
        items.push(...(answer.Items ?? []));
        start = answer.LastEvaluatedKey;
      } while (start !== undefined && items.length < limit);
      return items;
    },
    async update(change, when) {
      try {
        const answer = await retryWrite(() =>
          client.send(
            new UpdateCommand({
              TableName: tableName,
              ...updateOf(change, when),
              ReturnValues: 'ALL_NEW',
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            }),
          ),
        );
        return answer.Attributes ?? {};
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) {
          throw new ConflictError([0], {
            item: error.Item ? await get(change.key) : undefined,
            cause: error,
          });
        }
        throw error;
      }
    },
    async transact(operations) {
      if (operations.length === 0) {
        return;
      }
      if (operations.length > transactionItemsMax) {
        throw new RangeError(`a transaction of ${operations.length} items; at most ${transactionItemsMax}`);
      }
      try {
        await retryWrite(() =>
          client.send(
            new TransactWriteCommand({
              TransactItems: operations.map((operation) => transactItem(tableName, operation)),
            }),
          ),
        );
      } catch (error) {
        if (error instanceof TransactionCanceledException) {
          const failed = (error.CancellationReasons ?? []).flatMap((reason, place) =>
            reason.Code === 'ConditionalCheckFailed' ? [place] : [],
          );
          const met = (error.CancellationReasons ?? []).some(
            (reason) => reason.Code === 'TransactionConflict',
          );
          if (failed.length > 0 || met) {
            throw new ConflictError(failed, { cause: error });
          }
        }
        throw error;
      }
    },
  };
}

/**
 * Retries of writes that conflicted or were throttled. Conflicts pass within a moment; for throttled writes the delay doubles
 * each time, since all facts of a large plan are in one partition.
 */
const retries = { max: 8, delayMs: 50 };

/**
 * Retries a write that was refused as a whole for a passing reason: nothing was written. The client retries single writes that
 * are throttled, but never a cancelled transaction.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
async function retryWrite<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      const reason = retryReasonOf(error);
      if (tries === retries.max || reason === undefined) {
        throw error;
      }
      const longest = reason === 'conflict' ? retries.delayMs : retries.delayMs * 2 ** tries;
      await setTimeout(Math.random() * longest);
    }
  }
}

const throttled: readonly unknown[] = ['ThrottlingError', 'ProvisionedThroughputExceeded'];

/** Why a write may succeed later; undefined if it will not. */
function retryReasonOf(error: unknown): 'conflict' | 'throttled' | undefined {
  if (error instanceof TransactionConflictException) {
    return 'conflict';
  }
  const reasons =
    error instanceof TransactionCanceledException
      ? (error.CancellationReasons ?? []).map(({ Code }) => Code)
      : [];
  if (reasons.includes('ConditionalCheckFailed')) {
    return undefined;
  }
  if (reasons.some((reason) => throttled.includes(reason))) {
    return 'throttled';
  }
  return reasons.includes('TransactionConflict') ? 'conflict' : undefined;
}

/** The sort key of the sparse index: a time that sorts as text. @param now milliseconds since the epoch */
export function pendingSince(now: number): string {
  return new Date(now).toISOString();
}

function transactItem(tableName: string, operation: Operation) {
  if ('update' in operation) {
    return { Update: { TableName: tableName, ...updateOf(operation.update, operation.when) } };
  }
  if ('check' in operation) {
    return {
      ConditionCheck: { TableName: tableName, Key: operation.check, ...conditionOf(operation.when) },
    };
  }
  const condition = operation.when === undefined ? {} : conditionOf(operation.when);
  return 'put' in operation
    ? { Put: { TableName: tableName, Item: { ...operation.item, ...operation.put }, ...condition } }
    : { Delete: { TableName: tableName, Key: operation.delete, ...condition } };
}

/** DynamoDB rejects unused placeholders, so the expression is built once. */
function conditionOf(when: Condition) {
  const placeholders = createPlaceholders();
  return {
    ConditionExpression: conditionExpression(when, placeholders),
    ...placeholdersOf(placeholders),
  };
}

function updateOf(change: Change, when: Condition | undefined) {
  const placeholders = createPlaceholders();
  const sets = [
    ...Object.entries(change.set ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${placeholders.name(name)} = ${placeholders.value(value)}`),
    ...Object.entries(change.setIfMissing ?? {}).map(
      ([name, value]) =>
        `${placeholders.name(name)} = if_not_exists(${placeholders.name(name)}, ${placeholders.value(value)})`,
    ),
  ];
  const adds = Object.entries(change.add ?? {}).map(
    ([name, value]) => `${placeholders.name(name)} ${placeholders.value(value)}`,
  );
  // Attributes set to undefined are removed.
  const removes = [
    ...(change.remove ?? []),
    ...Object.entries(change.set ?? {}).flatMap(([name, value]) => (value === undefined ? [name] : [])),
  ].map((name) => placeholders.name(name));
  const expression = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    adds.length > 0 ? `ADD ${adds.join(', ')}` : '',
    removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
  return {
    Key: change.key,
    UpdateExpression: expression,
    ...(when ? { ConditionExpression: conditionExpression(when, placeholders) } : {}),
    ...placeholdersOf(placeholders),
  };
}

function placeholdersOf(placeholders: ReturnType<typeof createPlaceholders>) {
  return {
    ...(Object.keys(placeholders.names).length > 0 ? { ExpressionAttributeNames: placeholders.names } : {}),
    ...(Object.keys(placeholders.values).length > 0
      ? { ExpressionAttributeValues: placeholders.values }
      : {}),
  };
}
