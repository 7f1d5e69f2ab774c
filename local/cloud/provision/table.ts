import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { JsonObject } from '../template/json.ts';
import { physicalName } from './names.ts';
import type { CreateResource } from './plan.ts';

const tableSchema = z.object({
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.string() })),
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: z.string(),
        KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.string() })),
        Projection: z.object({
          ProjectionType: z.string(),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional(),
});
type TableProperties = z.infer<typeof tableSchema>;

/** Creates the table of an AWS::DynamoDB::Table or GlobalTable unless it exists. */
export const createTable: CreateResource = async (resource, { engines, plan, pseudo }) => {
  const properties = tableSchema.parse(resource.properties);
  const name = properties.TableName ?? physicalName(resource);
  const created = await call(engines.tableEndpoint, 'CreateTable', {
    ...definition(properties),
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
  });
  if (!created.ok) {
    if (!created.text.includes('ResourceInUseException'))
      throw new Error(`the table was not created: ${created.text}`);
    await checkExisting(engines.tableEndpoint, name, properties);
  }
  const partitionKey = properties.KeySchema.find(({ KeyType }) => KeyType === 'HASH');
  plan.partitionKeys.set(name, partitionKey?.AttributeName ?? '');
  const arn = `arn:aws:dynamodb:${pseudo.region}:${pseudo.accountId}:table/${name}`;
  return { ref: name, attributes: { Arn: arn } };
};

function definition(properties: TableProperties): JsonObject {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = properties;
  return JSON.parse(JSON.stringify({ AttributeDefinitions, KeySchema, GlobalSecondaryIndexes }));
}

const describedSchema = z.object({ Table: tableSchema });

async function checkExisting(endpoint: string, name: string, wanted: TableProperties): Promise<void> {
  const described = await call(endpoint, 'DescribeTable', { TableName: name });
  const { Table: table } = describedSchema.parse(JSON.parse(described.text));
  if (isDeepStrictEqual(keysOf(table), keysOf(wanted))) return;
  throw new Error(
    `the data directory holds a table ${name} with other keys or indexes; remove it or use another directory`,
  );
}

function keysOf(table: TableProperties): object {
  const byName = <Item>(items: readonly Item[], key: (item: Item) => string) =>
    Object.fromEntries(items.map((item) => [key(item), item]));
  return {
    attributes: byName(table.AttributeDefinitions, (item) => item.AttributeName),
    key: table.KeySchema,
    indexes: byName(
      (table.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        type: Projection.ProjectionType,
        attributes: [...(Projection.NonKeyAttributes ?? [])].sort(),
      })),
      (item) => item.IndexName,
    ),
  };
}

async function call(
  endpoint: string,
  operation: string,
  body: object,
): Promise<{ ok: boolean; text: string }> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=provision/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none',
    },
    body: JSON.stringify(body),
  });
  return { ok: response.ok, text: await response.text() };
}
