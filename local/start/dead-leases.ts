/** Ends the leases of workers that ended with an earlier run: on one machine nobody else can have one. */
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';

/**
 * To be called before any function runs. A time without a lease's id, before which work may not begin, stays.
 *
 * @param endpoint of the table's server
 * @param now milliseconds since the epoch
 * @returns how many there were
 */
export async function endDeadLeases(endpoint: string, now: number): Promise<number> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'start', secretAccessKey: 'local' },
  });
  try {
    const { TableNames: tables = [] } = await client.send(new ListTablesCommand({}));
    let ended = 0;
    for (const table of tables) ended += await endIn(DynamoDBDocumentClient.from(client), table, now);
    return ended;
  } finally {
    client.destroy();
  }
}

async function endIn(client: DynamoDBDocumentClient, TableName: string, now: number): Promise<number> {
  const condition = 'attribute_exists(leaseId) AND leaseUntil >= :now';
  const pages = paginateScan(
    { client },
    {
      ...{ TableName, FilterExpression: condition, ExpressionAttributeValues: { ':now': now } },
      ProjectionExpression: 'pk, sk',
    },
  );
  let ended = 0;
  for await (const { Items: items = [] } of pages) {
    for (const { pk, sk } of items) {
      // The id stays: by it the sweep knows that a worker died.
      await client.send(
        new UpdateCommand({
          ...{ TableName, Key: { pk, sk }, UpdateExpression: 'SET leaseUntil = :ended' },
          ExpressionAttributeValues: { ':ended': now - 1 },
        }),
      );
      ended += 1;
    }
  }
  return ended;
}
