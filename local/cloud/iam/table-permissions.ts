/** Which permissions a request to DynamoDB needs. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
import { z } from 'zod';
import type { Permission } from './policy.ts';

export interface Tables {
  /** The ARN of a table by its name. */
  arn(name: string): string;
  /** The name of the table's partition key, which the leading keys are the values of; undefined for an unknown table. */
  partitionKey(name: string): string | undefined;
}

const attributes = z.record(z.string(), z.record(z.string(), z.unknown()));
type Attributes = z.infer<typeof attributes>;

const onOneItem = z.object({
  TableName: z.string(),
  Key: attributes.optional(),
  Item: attributes.optional(),
});
const querySchema = z.object({
  TableName: z.string(),
  IndexName: z.string().optional(),
  KeyConditionExpression: z.string(),
  ExpressionAttributeValues: attributes,
});
const batchGetSchema = z.object({
  RequestItems: z.record(z.string(), z.object({ Keys: z.array(attributes) })),
});
const batchWriteSchema = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(
      z.object({
        PutRequest: z.object({ Item: attributes }).optional(),
        DeleteRequest: z.object({ Key: attributes }).optional(),
      }),
    ),
  ),
});
const partOfTransaction = z.object({
  Put: onOneItem.optional(),
  Update: onOneItem.optional(),
  Delete: onOneItem.optional(),
  ConditionCheck: onOneItem.optional(),
  Get: onOneItem.optional(),
});
const transactionSchema = z.object({ TransactItems: z.array(partOfTransaction) });

/** A transaction needs the permission of each of its parts. */
const actionsOfParts = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
} as const satisfies Record<keyof z.infer<typeof partOfTransaction>, string>;

/** @param operation as the SDK names it @param input the request's body */
export function tablePermissions(operation: string, input: unknown, tables: Tables): Permission[] {
  const permission = (action: string, table: string, keys: readonly Attributes[]): Permission => ({
    action: `dynamodb:${action}`,
    resource: tables.arn(table),
    context: { 'dynamodb:LeadingKeys': leadingKeys(keys, tables.partitionKey(table)) },
  });
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return transactionSchema
        .parse(input)
        .TransactItems.flatMap((parts) =>
          Object.entries(parts).flatMap(([name, part]) =>
            part === undefined
              ? []
              : [permission(actionsOfParts[name as keyof typeof parts], part.TableName, [keyOf(part)])],
          ),
        );
    case 'BatchGetItem':
      return Object.entries(batchGetSchema.parse(input).RequestItems).map(([table, { Keys }]) =>
        permission(operation, table, Keys),
      );
    case 'BatchWriteItem':
      return Object.entries(batchWriteSchema.parse(input).RequestItems).map(([table, requests]) =>
        permission(
          operation,
          table,
          requests.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key ?? {}),
        ),
      );
    case 'Query':
      return [queryPermission(querySchema.parse(input), tables)];
    default: {
      const one = onOneItem.parse(input);
      return [permission(operation, one.TableName, [keyOf(one)])];
    }
  }
}

const keyOf = ({ Key, Item }: z.infer<typeof onOneItem>): Attributes => Key ?? Item ?? {};

const leadingKeys = (keys: readonly Attributes[], partitionKey: string | undefined): string[] =>
  keys.flatMap((key) => valuesOf(key[partitionKey ?? '']));

const valuesOf = (value: Readonly<Record<string, unknown>> | undefined): string[] =>
  Object.values(value ?? {}).map(String);

/** The first equation of the condition is the one about the partition key: the sort key's would be useless without it. */
function queryPermission(query: z.infer<typeof querySchema>, tables: Tables): Permission {
  const [, placeholder = ''] = /^\s*\(?\s*#?\w+\s*=\s*(:\w+)/.exec(query.KeyConditionExpression) ?? [];
  const index = query.IndexName === undefined ? '' : `/index/${query.IndexName}`;
  return {
    action: 'dynamodb:Query',
    resource: `${tables.arn(query.TableName)}${index}`,
    context: { 'dynamodb:LeadingKeys': valuesOf(query.ExpressionAttributeValues[placeholder]) },
  };
}
