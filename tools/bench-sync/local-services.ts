/** Table, queues and secret in front of a process that is measured; every call is counted and weighed on its way. */
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { createCloudClock } from '../../local/cloud/runtime/clock.ts';
import { startGateway } from '../../local/cloud/services/gateway.ts';
import type { ServiceCall } from '../../local/cloud/services/gateway-call.ts';
import { createObjectStore } from '../../local/cloud/services/object-store.ts';
import { createParameterService } from '../../local/cloud/services/parameters.ts';
import { createQueueService } from '../../local/cloud/services/queue-service.ts';
import { createSecretsService } from '../../local/cloud/services/secrets.ts';
import { ENDPOINT_VARIABLE, startTableService } from '../../local/cloud/services/table.ts';
import { environment } from '../../shared/runtime/environment.ts';
import { tableKeys } from '../../shared/store/keys.ts';
import { createTable, type Table } from '../../shared/store/table.ts';
import { queueNames } from '../../shared/store/work.ts';

/** What went over the wire since the last time. Bytes are of DynamoDB's JSON, which is larger than what it counts. */
export interface Traffic {
  readonly reads: number;
  readonly transactions: number;
  readonly otherWrites: number;
  readonly largestItem: number;
  readonly largestTransaction: number;
  /** Bytes of one request with messages. */
  readonly largestSend: number;
  /** Messages by queue. */
  readonly messages: Readonly<Record<string, number>>;
  /** Bodies of the messages of the queue `sync`. */
  readonly sync: readonly string[];
}

export interface LocalServices {
  readonly variables: Readonly<Record<string, string>>;
  /** Not counted. */
  readonly table: Table;
  take(): Traffic;
  /** Bytes of an object in the registry's bucket; 0 where there is none. */
  objectSize(key: string): Promise<number>;
  /** Called before each transaction with its place, from 1, since the last `take`. */
  beforeTransaction: (place: number) => Promise<void>;
  close(): Promise<void>;
}

const region = 'eu-central-1';
const accountId = '000000000000';
const tableName = 'bench';
const bucketName = 'bench-registry';

export async function startLocalServices(
  directory: string,
  integration: { readonly forge: string; readonly settings: unknown; readonly secrets: unknown },
): Promise<LocalServices> {
  const clock = createCloudClock();
  const table = await startTableService({
    directory: join(directory, 'table'),
    endpoint: process.env[ENDPOINT_VARIABLE],
  });
  let url = '';
  const queues = createQueueService({ clock, baseUrl: () => url, accountId, region });
  const secrets = createSecretsService({ directory: join(directory, 'secrets'), clock });
  const secretArn = `arn:aws:secretsmanager:${region}:${accountId}:secret:integrations`;
  secrets.createSecret({ name: 'integrations', arn: secretArn, secretString: JSON.stringify([integration]) });
  const parameters = createParameterService({ clock });
  parameters.putParameter({
    ...{ name: '/bench/addresses', arn: 'none' },
    value: JSON.stringify({
      registry: 'https://packages.example.com',
      console: 'https://console.example.com',
    }),
  });
  const objects = createObjectStore({ directory: join(directory, 'objects'), clock });
  objects.createBucket(bucketName);
  const gateway = await startGateway({
    port: 0,
    accessKey: 'bench',
    clock,
    objects,
    queues,
    secrets,
    parameters,
    table: { endpoint: table.endpoint },
  });
  url = gateway.url;
  const scale = createScale();
  const services: LocalServices = {
    variables: {
      PATH: process.env.PATH ?? '',
      AWS_ENDPOINT_URL: gateway.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: gateway.accessKeyId('sync-organization'),
      AWS_SECRET_ACCESS_KEY: 'none',
      [environment.tableName]: tableName,
      [environment.registryBucket]: bucketName,
      [environment.integrationsSecretArn]: secretArn,
      // The simulated code host is on this machine.
      [environment.privateForgeHosts]: '127.0.0.1',
      [environment.addressesParameter]: '/bench/addresses',
      [environment.credentialKeyArn]: `arn:aws:kms:${region}:000000000000:key/none`,
      ...Object.fromEntries(
        queueNames.map((name) => [queueVariables[name], queues.createQueue(queueNamed(name))]),
      ),
    },
    table: await makeTable(table.endpoint),
    take: scale.take,
    objectSize: async (key) => (await objects.get(bucketName, key))?.body.length ?? 0,
    beforeTransaction: async () => {},
    async close() {
      await gateway.close();
      await queues.close();
      await secrets.close();
      await objects.close();
      await table.close();
    },
  };
  gateway.intercept(async (call): Promise<'pass'> => {
    const place = scale.weigh(call);
    if (place !== undefined) await services.beforeTransaction(place);
    return 'pass';
  });
  return services;
}

const queueVariables = {
  sync: environment.syncQueueUrl,
  scan: environment.scanQueueUrl,
  vcs: environment.vcsQueueUrl,
  'publish-package': environment.publishPackageQueueUrl,
  'publish-roots': environment.publishRootsQueueUrl,
  'publish-access': environment.publishAccessQueueUrl,
  deletion: environment.deletionQueueUrl,
} as const;

const queueNamed = (name: string) =>
  name === 'publish-access'
    ? { name: `${name}.fifo`, attributes: { FifoQueue: 'true' } }
    : { name, attributes: {} };

async function makeTable(endpoint: string): Promise<Table> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'none' };
  const client = new DynamoDBClient({ endpoint, region, credentials });
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
}

const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), z.unknown())) });
const Send = z.object({ QueueUrl: z.string(), Entries: z.array(z.object({ MessageBody: z.string() })) });

function createScale() {
  const fresh = () => ({
    reads: 0,
    transactions: 0,
    otherWrites: 0,
    largestItem: 0,
    largestTransaction: 0,
    largestSend: 0,
    messages: {} as Record<string, number>,
    sync: [] as string[],
  });
  let traffic = fresh();
  return {
    take(): Traffic {
      const taken = traffic;
      traffic = fresh();
      return taken;
    },
    /** @returns the place of a transaction */
    weigh({ service, operation, request }: ServiceCall): number | undefined {
      const { length } = request.body;
      if (service === 'sqs') {
        const { QueueUrl, Entries } = Send.parse(JSON.parse(request.body.toString()));
        const queue = (QueueUrl.split('/').at(-1) ?? '').replace('.fifo', '');
        traffic.messages[queue] = (traffic.messages[queue] ?? 0) + Entries.length;
        traffic.largestSend = Math.max(traffic.largestSend, length);
        if (queue === 'sync') traffic.sync.push(...Entries.map(({ MessageBody }) => MessageBody));
      } else if (service === 'dynamodb' && operation === 'TransactWriteItems') {
        const { TransactItems } = Transaction.parse(JSON.parse(request.body.toString()));
        const sizes = TransactItems.map((item) => Buffer.byteLength(JSON.stringify(item)));
        traffic.largestItem = Math.max(traffic.largestItem, ...sizes);
        traffic.largestTransaction = Math.max(traffic.largestTransaction, length);
        traffic.transactions += 1;
        return traffic.transactions;
      } else if (service === 'dynamodb' && operation === 'UpdateItem') {
        traffic.largestItem = Math.max(traffic.largestItem, length);
        traffic.otherWrites += 1;
      } else if (service === 'dynamodb') {
        traffic.reads += 1;
      }
      return undefined;
    },
  };
}
