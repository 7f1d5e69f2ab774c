/**
 * A second opinion on the contracts that our own services pass: the same checks on moto, an independent implementation modelled on the real
 * services. Skipped where it is not installed.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { describeSecondOpinion } from './contract-checks.ts';
import { type EncryptionKeyTarget, encryptionKeyContract } from './encryption-keys-contract.ts';
import {
  motoEncryptionKeyDifferences,
  motoFifoDifferences,
  motoObjectDifferences,
  motoQueueDifferences,
  motoTransactionDifferences,
  motoUploadDifferences,
} from './moto-differences.ts';
import { startMoto } from './moto-server.ts';
import { type ObjectTarget, objectContract } from './object-contract.ts';
import { objectUploadsContract } from './object-uploads-contract.ts';
import { queueContract } from './queue-contract.ts';
import { queueFifoContract } from './queue-fifo-contract.ts';
import type { QueueTarget } from './queue-under-test.ts';
import { tableContract } from './table-contract.ts';
import { tableTransactionsContract } from './table-transactions-contract.ts';
import { createContractTable, type TableTarget } from './table-under-test.ts';

const moto = await startMoto();

if (moto === undefined) {
  describe('moto', () => {
    console.warn(
      '\n*** NO SECOND OPINION: moto_server is not on the PATH (pip install "moto[server]") ***\n',
    );
    // npm cannot install moto, so a run without it reports the missing second opinion as a skipped test.
    it.skip('is not installed', () => {});
  });
} else {
  afterAll(() => moto.close());
  const config = {
    endpoint: moto.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'contract', secretAccessKey: 'none' },
    maxAttempts: 1,
  };
  const sqs = new SQSClient(config);
  const queues: QueueTarget = {
    client: () => sqs,
    async create(QueueName, Attributes) {
      const { QueueUrl = '' } = await sqs.send(
        new CreateQueueCommand({ QueueName, Attributes: { ...Attributes } }),
      );
      return QueueUrl;
    },
    pass: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000 + 50)),
    now: () => Date.now(),
  };
  const dynamo = new DynamoDBClient(config);
  const tables: TableTarget = { client: () => dynamo };
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const objects: ObjectTarget = {
    client: () => s3,
    endpoint: () => moto.endpoint,
    Bucket: 'contract',
    now: () => Date.now(),
  };
  const kms = new KMSClient(config);
  const keyArns: string[] = [];
  const encryptionKeys: EncryptionKeyTarget = {
    client: () => kms,
    keys: () => [keyArns[0] ?? '', keyArns[1] ?? ''],
  };
  beforeAll(async () => {
    for (let count = 0; count < 2; count += 1) {
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
      keyArns.push(KeyMetadata?.Arn ?? '');
    }
    await createContractTable(tables);
    await s3.send(
      new CreateBucketCommand({
        Bucket: objects.Bucket,
        CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
      }),
    );
  });

  const opinions = {
    'standard queues': describeSecondOpinion('standard queues', queueContract, queues, motoQueueDifferences),
    'FIFO queues': describeSecondOpinion('FIFO queues', queueFifoContract, queues, motoFifoDifferences),
    objects: describeSecondOpinion('objects', objectContract, objects, motoObjectDifferences),
    uploads: describeSecondOpinion('uploads', objectUploadsContract, objects, motoUploadDifferences),
    'encryption keys': describeSecondOpinion(
      'encryption keys',
      encryptionKeyContract,
      encryptionKeys,
      motoEncryptionKeyDifferences,
    ),
    tables: describeSecondOpinion('tables', tableContract, tables, {}),
    transactions: describeSecondOpinion(
      'transactions',
      tableTransactionsContract,
      tables,
      motoTransactionDifferences,
    ),
  };
  // Runs after the checks are registered, that is after this file was collected.
  afterAll(() => {
    for (const [name, { run, differences, skipped }] of Object.entries(opinions)) {
      console.info(
        `moto, ${name}: ${run} checks agree, ${differences} known differences, ${skipped} skipped`,
      );
    }
  });
}
