/** AWS clients, created once per execution environment by the handlers that need them. */
import { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import '@aws-sdk/signature-v4a';
import { keyValueEndpoint, required } from '../runtime/config.ts';
import { createTable, type Table } from '../store/table.ts';
import type { WorkQueue } from '../store/work.ts';
import { createWorkQueue } from './work-queue.ts';

export function tableClient(): Table {
  return createTable({ client: new DynamoDBClient({}), tableName: required('tableName') });
}

export function workQueueClient(): WorkQueue {
  return createWorkQueue(new SQSClient({}));
}

export function objectClient(): S3Client {
  return new S3Client({});
}

/**
 * The data plane of the key-value store. The client puts the account id in front of the host name, which no local address
 * supports, so an endpoint from the environment is used unchanged.
 */
export function keyValueClient(): CloudFrontKeyValueStoreClient {
  const endpoint = keyValueEndpoint();
  if (endpoint === undefined) {
    return new CloudFrontKeyValueStoreClient({});
  }
  return new CloudFrontKeyValueStoreClient({
    endpointProvider: () => ({
      url: new URL(endpoint),
      properties: {
        authSchemes: [
          {
            name: 'sigv4a',
            signingName: 'cloudfront-keyvaluestore',
            signingRegion: '*',
            signingRegionSet: ['*'],
            properties: {},
          },
        ],
      },
    }),
  });
}

/** The secret's current string. */
export async function readSecret(client: SecretsManagerClient, arn: string): Promise<string> {
  const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  if (text === undefined) {
    throw new Error('a secret has no string');
  }
  return text;
}

/** Reads a secret's string once per execution environment; after a failure the next caller tries again. */
export function createSecretReader(): (arn: string) => Promise<string> {
  const client = new SecretsManagerClient({});
  const known = new Map<string, Promise<string>>();
  return (arn) => {
    let value = known.get(arn);
    if (!value) {
      value = readSecret(client, arn);
      value.catch(() => known.delete(arn));
      known.set(arn, value);
    }
    return value;
  };
}
