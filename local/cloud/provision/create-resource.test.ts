import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTableService, type TableService } from '../services/table.ts';
import type { JsonObject } from '../template/json.ts';
import { createResource } from './create-resource.ts';
import { type CreationContext, type Engines, emptyPlan, type Plan } from './plan.ts';

const directory = mkdtempSync(join(tmpdir(), 'provision-'));
let tables: TableService;
let plan: Plan;
let context: CreationContext;
let queues: { name: string; attributes: Readonly<Record<string, string>> }[];
let buckets: string[];
let secrets: { name: string; arn: string; secretString: string }[];
let parameters: { name: string; arn: string; value: string }[];
let encryptionKeys: { id: string; arn: string }[];

beforeAll(async () => {
  tables = await startTableService({ directory });
});
afterAll(async () => {
  await tables.close();
  rmSync(directory, { recursive: true });
});

beforeEach(() => {
  queues = [];
  buckets = [];
  secrets = [];
  parameters = [];
  encryptionKeys = [];
  plan = emptyPlan();
  const close = async () => {};
  const unused = () => {
    throw new Error('not used when resources are created');
  };
  const engines: Engines = {
    queues: {
      createQueue(queue) {
        queues.push(queue);
        return `http://127.0.0.1:1/000000000000/${queue.name}`;
      },
      send: unused,
      receive: unused,
      delete: unused,
      changeVisibility: unused,
      counts: unused,
      purge: unused,
      handle: unused,
      close,
    },
    objects: {
      createBucket: (name) => buckets.push(name),
      get: unused,
      contents: unused,
      restore: unused,
      handle: unused,
      close,
    },
    secrets: { createSecret: (secret) => secrets.push(secret), secretString: unused, handle: unused, close },
    parameters: { putParameter: (parameter) => parameters.push(parameter), handle: unused, close },
    encryptionKeys: { createKey: (key) => encryptionKeys.push(key), handle: unused, close },
    keyValues: {
      createStore: () => {},
      edgeValue: unused,
      contents: unused,
      restore: unused,
      handle: unused,
      close,
    },
    tableEndpoint: tables.endpoint,
  };
  mkdirSync(join(directory, 'asset.abc'), { recursive: true });
  context = {
    plan,
    engines,
    pseudo: { accountId: '000000000000', region: 'us-east-1' },
    assembly: directory,
    gatewayUrl: 'http://127.0.0.1:1',
    accessKeyId: (caller) => `key.${caller}`,
    distributionHost: () => '127.0.0.1:2',
  };
});

const create = async (type: string, properties: JsonObject = {}, logicalId = 'Thing') =>
  await createResource({ stack: 'Main', logicalId, type, properties }, context);

describe('a queue', () => {
  it('has its local URL as reference, and text attributes', async () => {
    const handle = await create('AWS::SQS::Queue', {
      FifoQueue: true,
      VisibilityTimeout: 25,
      RedrivePolicy: { deadLetterTargetArn: 'arn:dead', maxReceiveCount: '5' },
    });
    expect(handle).toEqual({
      ref: 'http://127.0.0.1:1/000000000000/Main-Thing.fifo',
      attributes: {
        Arn: 'arn:aws:sqs:us-east-1:000000000000:Main-Thing.fifo',
        QueueName: 'Main-Thing.fifo',
        QueueUrl: 'http://127.0.0.1:1/000000000000/Main-Thing.fifo',
      },
    });
    expect(queues).toEqual([
      {
        name: 'Main-Thing.fifo',
        attributes: {
          FifoQueue: 'true',
          VisibilityTimeout: '25',
          RedrivePolicy: '{"deadLetterTargetArn":"arn:dead","maxReceiveCount":5}',
        },
      },
    ]);
  });
});

it('a parameter has the value of the template', async () => {
  const handle = await create('AWS::SSM::Parameter', { Name: '/Main/addresses', Type: 'String', Value: 'a' });
  expect(handle).toEqual({ ref: '/Main/addresses', attributes: { Type: 'String', Value: 'a' } });
  const arn = 'arn:aws:ssm:us-east-1:000000000000:parameter/Main/addresses';
  expect(parameters).toEqual([{ name: '/Main/addresses', arn, value: 'a' }]);
});

it('a key has the same id in each run', async () => {
  const handle = await create('AWS::KMS::Key', { EnableKeyRotation: true });
  expect(handle.ref).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const Arn = `arn:aws:kms:us-east-1:000000000000:key/${handle.ref}`;
  expect(handle.attributes).toEqual({ Arn, KeyId: handle.ref });
  expect(await create('AWS::KMS::Key')).toEqual(handle);
  expect((await create('AWS::KMS::Key', {}, 'Other')).ref).not.toBe(handle.ref);
  expect(encryptionKeys[0]).toEqual({ id: handle.ref, arn: Arn });
});

it('a stage has the limits of the template, which have effect only together', async () => {
  const { ref: ApiId } = await create('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' });
  const limitsWith = async (DefaultRouteSettings: JsonObject) => {
    const stage = { ApiId, StageName: '$default', DefaultRouteSettings };
    await create('AWS::ApiGatewayV2::Stage', stage);
    return plan.apis.get(String(ApiId))?.limits;
  };
  expect(await limitsWith({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 })).toEqual({
    ratePerSecond: 100,
    burst: 200,
  });
  expect(await limitsWith({ ThrottlingRateLimit: 100 })).toBeUndefined();
});

it('a stage has limits of routes that are there before it', async () => {
  const { ref: ApiId } = await create('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' });
  const api = plan.apis.get(String(ApiId));
  const RouteSettings = { 'POST /reports': { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 } };
  const stage = { ApiId, StageName: '$default', RouteSettings };
  await expect(create('AWS::ApiGatewayV2::Stage', stage)).rejects.toThrow('Unable to find Route');
  api?.routes.push({ routeKey: 'POST /reports', integrationId: 'one' });
  await create('AWS::ApiGatewayV2::Stage', stage);
  expect([...(api?.routeLimits ?? [])]).toEqual([['POST /reports', { ratePerSecond: 1, burst: 2 }]]);
});

describe('a bucket', () => {
  it('has a valid name, the same in each run', async () => {
    const { ref, attributes } = await create('AWS::S3::Bucket');
    expect(ref).toMatch(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
    expect((await create('AWS::S3::Bucket')).ref).toBe(ref);
    expect((await create('AWS::S3::Bucket', {}, 'Other')).ref).not.toBe(ref);
    expect(attributes.Arn).toBe(`arn:aws:s3:::${ref}`);
    expect(plan.bucketDomains.get(attributes.RegionalDomainName ?? '')).toBe(ref);
    expect(buckets).toContain(ref);
  });

  it('is readable by the distributions that its policy names', async () => {
    const statement = (Action: string | string[], more: JsonObject = {}) => ({
      Effect: 'Allow',
      Action,
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
      ...more,
    });
    await create('AWS::S3::BucketPolicy', {
      Bucket: 'b',
      PolicyDocument: {
        Statement: [
          {
            ...statement('s3:*'),
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          statement('s3:GetObject', { Condition: { StringEquals: { 'AWS:SourceArn': 'arn:one' } } }),
          statement(['s3:List*', 's3:PutObject']),
          { ...statement('s3:PutObject'), Principal: { Service: 'lambda.amazonaws.com' } },
        ],
      },
    });
    expect(plan.bucketGrants).toEqual([
      { bucket: 'b', actions: ['s3:GetObject'], distributionArns: ['arn:one'] },
      { bucket: 'b', actions: ['s3:ListBucket'], distributionArns: undefined },
    ]);
  });
});

describe('a secret', () => {
  it('is generated from the allowed characters', async () => {
    const { ref } = await create('AWS::SecretsManager::Secret', {
      GenerateSecretString: {
        PasswordLength: 200,
        ExcludePunctuation: true,
        ExcludeUppercase: true,
        ExcludeCharacters: 'abc',
      },
    });
    expect(ref).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:Main-Thing-[a-z0-9]{6}$/);
    expect(secrets[0]?.secretString).toMatch(/^[d-z0-9]{200}$/);
  });

  it('is inserted into its template', async () => {
    await create('AWS::SecretsManager::Secret', {
      Name: 'app',
      GenerateSecretString: {
        SecretStringTemplate: '{"id":""}',
        GenerateStringKey: 'secret',
        ExcludePunctuation: true,
      },
    });
    expect(JSON.parse(secrets[0]?.secretString ?? '')).toEqual({
      id: '',
      secret: expect.stringMatching(/^\w{32}$/),
    });
  });

  it('may be given, and is required if it is not generated', async () => {
    await create('AWS::SecretsManager::Secret', { SecretString: 'x' });
    expect(secrets[0]?.secretString).toBe('x');
    await expect(create('AWS::SecretsManager::Secret')).rejects.toThrow(
      'needs SecretString or GenerateSecretString',
    );
  });
});

describe('a table', () => {
  const key = (name: string) => ({
    AttributeDefinitions: [{ AttributeName: name, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: name, KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });

  it('is created once and then reused', async () => {
    const { ref, attributes } = await create('AWS::DynamoDB::Table', key('pk'));
    expect([ref, attributes.Arn]).toEqual([
      'Main-Thing',
      'arn:aws:dynamodb:us-east-1:000000000000:table/Main-Thing',
    ]);
    expect((await create('AWS::DynamoDB::GlobalTable', key('pk'))).ref).toBe(ref);
  });

  it('is refused if it exists with other keys', async () => {
    await create('AWS::DynamoDB::Table', key('pk'), 'Changed');
    await expect(create('AWS::DynamoDB::Table', key('id'), 'Changed')).rejects.toThrow(
      'a table Main-Changed with other keys',
    );
  });
});

describe('a table with an index', () => {
  const indexed = (Projection: JsonObject) => ({
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'due', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      { IndexName: 'byDue', KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }], Projection },
    ],
  });

  it('is reused, and refused if it exists with other projected attributes', async () => {
    const create_ = (projection: JsonObject) =>
      create('AWS::DynamoDB::Table', indexed(projection), 'Indexed');
    await create_({ ProjectionType: 'INCLUDE', NonKeyAttributes: ['a', 'b'] });
    await create_({ ProjectionType: 'INCLUDE', NonKeyAttributes: ['b', 'a'] });
    await expect(create_({ ProjectionType: 'ALL' })).rejects.toThrow('a table Main-Indexed with other keys');
  });
});

describe('a function', () => {
  const code = { Code: { S3Key: 'abc.zip' }, Handler: 'index.handler', Runtime: 'nodejs24.x', Role: 'arn:r' };

  it('has the environment of the template and what Lambda sets', async () => {
    await create('AWS::Lambda::Function', {
      ...code,
      Timeout: 29,
      MemorySize: 256,
      Environment: { Variables: { A: 'b', AWS_REGION: 'elsewhere' } },
    });
    expect(plan.functions.get('Main-Thing')).toEqual({
      name: 'Main-Thing',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:Main-Thing',
      directory: join(directory, 'asset.abc'),
      handler: 'index.handler',
      environment: {
        A: 'b',
        PATH: process.env.PATH,
        TZ: 'UTC',
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: 'http://127.0.0.1:1',
        AWS_ACCESS_KEY_ID: 'key.Main-Thing',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_LAMBDA_FUNCTION_NAME: 'Main-Thing',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      },
      timeoutMs: 29_000,
      memoryMb: 256,
      reservedConcurrency: undefined,
      asyncRetries: 2,
    });
  });

  it('requires its bundle', async () => {
    await expect(create('AWS::Lambda::Function', { ...code, Code: { S3Key: 'none.zip' } })).rejects.toThrow(
      'there is no bundle',
    );
  });

  it('is found by what invokes it', async () => {
    await create('AWS::Lambda::Function', code);
    const { attributes } = await create('AWS::SQS::Queue', {}, 'Queue');
    const mapping = { EventSourceArn: attributes.Arn ?? '', FunctionName: 'Main-Thing' };
    await create('AWS::Lambda::EventSourceMapping', mapping);
    await create('AWS::Lambda::EventSourceMapping', { ...mapping, Enabled: false });
    expect(plan.eventSources).toEqual([
      {
        queueName: 'Main-Queue',
        queueArn: attributes.Arn,
        functionName: 'Main-Thing',
        batchSize: 10,
        batchingWindowMs: 0,
        maximumConcurrency: 5,
        reportsFailures: false,
      },
    ]);
    await create('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      Target: { Arn: 'arn:aws:lambda:us-east-1:000000000000:function:Main-Thing', Input: '{"a":1}' },
    });
    expect(plan.schedules).toEqual([{ functionName: 'Main-Thing', intervalMs: 60_000, input: '{"a":1}' }]);
    await expect(
      create('AWS::Lambda::EventSourceMapping', { ...mapping, EventSourceArn: 'arn:x' }),
    ).rejects.toThrow('arn:x is no queue');
    await expect(
      create('AWS::Lambda::EventSourceMapping', { ...mapping, FunctionName: 'Nothing' }),
    ).rejects.toThrow('no function Nothing');
  });
});
