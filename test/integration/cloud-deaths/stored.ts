/** Everything that the local cloud keeps: read, and put back. */
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Engines } from '../../../local/cloud/provision/plan.ts';
import type { KeyValueContents, ObjectContents } from '../../../local/cloud/runtime/service.ts';
import type { Item } from '../../../shared/store/table.ts';

export interface Stored {
  /** By both keys, with a space between. */
  readonly items: ReadonlyMap<string, Item>;
  readonly objects: ObjectContents;
  readonly values: KeyValueContents;
}

export interface Storage {
  read(): Promise<Stored>;
  items(): Promise<ReadonlyMap<string, Item>>;
  restore(stored: Stored): Promise<void>;
  close(): void;
}

/** DynamoDB takes so many writes at once. */
const batchMax = 25;

export async function openStorage({ tableEndpoint, objects, keyValues }: Engines): Promise<Storage> {
  const client = new DynamoDBClient({
    endpoint: tableEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const documents = DynamoDBDocumentClient.from(client);
  const { TableNames: [TableName = ''] = [] } = await client.send(new ListTablesCommand({}));

  async function items(): Promise<ReadonlyMap<string, Item>> {
    const found = new Map<string, Item>();
    for await (const page of paginateScan({ client: documents }, { TableName, ConsistentRead: true })) {
      for (const item of page.Items ?? []) {
        found.set(`${item.pk} ${item.sk}`, item);
      }
    }
    return found;
  }

  async function restoreItems(wanted: ReadonlyMap<string, Item>): Promise<void> {
    const present = await items();
    const gone = [...present].filter(([key]) => !wanted.has(key));
    const other = [...wanted].filter(
      ([key, item]) => JSON.stringify(present.get(key)) !== JSON.stringify(item),
    );
    const writes = [
      ...gone.map(([, { pk, sk }]) => ({ DeleteRequest: { Key: { pk, sk } } })),
      ...other.map(([, Item]) => ({ PutRequest: { Item } })),
    ];
    for (let start = 0; start < writes.length; start += batchMax) {
      const part = writes.slice(start, start + batchMax);
      await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: part } }));
    }
  }

  return {
    items,
    read: async () => ({ items: await items(), objects: objects.contents(), values: keyValues.contents() }),
    async restore(stored) {
      await restoreItems(stored.items);
      objects.restore(stored.objects);
      keyValues.restore(stored.values);
    },
    close: () => client.destroy(),
  };
}
