/** AWS clients, created once per execution environment by the handlers that need them. */
import { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import '@aws-sdk/signature-v4a';
import { systemClock } from '../runtime/clock.ts';
import { keyValueEndpoint, required } from '../runtime/config.ts';
import { createTable, type Table } from '../store/table.ts';
import type { WorkQueue } from '../store/work.ts';
import { createSecretCheck, readSecretVersions, type SecretCheck } from './secret-versions.ts';
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

/** Checks what a caller shows against a secret of this installation. `variable` names the environment's variable with its ARN. */
export function secretCheck(
  variable: 'originSecretArn' | 'operatorKeySecretArn' | 'setUpCodeSecretArn',
  options?: Parameters<typeof createSecretCheck>[2],
): SecretCheck {
  const client = new SecretsManagerClient({});
  const read = () => readSecretVersions(client, required(variable), systemClock.now());
  return createSecretCheck(read, systemClock, options);
}
