import { request } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectEngine, QueueEngine } from '../runtime/service.ts';
import { AwsError } from './aws-error.ts';
import { type ContractSetup, failure, startContractSetup } from './contract-setup.ts';
import { type Fault, type Gateway, startGateway } from './gateway.ts';
import { readCall } from './gateway-call.ts';
import { createObjectStore } from './object-store.ts';
import { createQueueService } from './queue-service.ts';

const Bucket = 'gateway';
let setup: ContractSetup;
let objects: ObjectEngine;
let queues: QueueEngine;
let QueueUrl: string;
const invoked: unknown[] = [];

beforeAll(async () => {
  setup = await startContractSetup((parts) => {
    objects = createObjectStore(parts);
    const baseUrl = () => setup.gateway.url;
    queues = createQueueService({
      clock: parts.clock,
      baseUrl,
      accountId: '000000000000',
      region: 'eu-central-1',
    });
    return {
      objects,
      queues,
      async invoke(name, payload, type) {
        invoked.push([name, payload.toString(), type]);
        if (name === 'missing') throw new AwsError(404, 'ResourceNotFoundException', 'Function not found');
        return name === 'broken'
          ? { payload: '{"errorMessage":"x"}', functionError: 'Unhandled' }
          : { payload: '"done"' };
      },
    };
  });
  objects.createBucket(Bucket);
  QueueUrl = queues.createQueue({ name: 'q', attributes: {} });
});
afterAll(() => setup.close());
beforeEach(() => {
  setup.gateway.intercept(undefined);
  setup.gateway.forget();
});

/** Clients without retries. */
function clients(caller = 'fetch-dist', accessKeyId = setup.gateway.accessKeyId(caller)) {
  const config = {
    ...setup.client,
    credentials: { accessKeyId, secretAccessKey: 'none' },
    maxAttempts: 1,
  };
  return { s3: new S3Client(config), sqs: new SQSClient(config), lambda: new LambdaClient(config) };
}

const putBy = (s3: S3Client, Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
const sendBy = (sqs: SQSClient) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));

describe('calls', () => {
  it('are counted by service, operation and caller', async () => {
    const a = clients('scan-repository');
    const b = clients('publish/package');
    await putBy(a.s3, 'a');
    await putBy(a.s3, 'b');
    await putBy(b.s3, 'c');
    await failure(b.s3.send(new GetObjectCommand({ Bucket, Key: 'missing' })));
    await sendBy(a.sqs);
    expect(setup.gateway.recorded()).toEqual([
      { service: 's3', operation: 'PutObject', caller: 'scan-repository', count: 2 },
      { service: 's3', operation: 'PutObject', caller: 'publish/package', count: 1 },
      { service: 's3', operation: 'GetObject', caller: 'publish/package', count: 1 },
      { service: 'sqs', operation: 'SendMessage', caller: 'scan-repository', count: 1 },
    ]);
    setup.gateway.forget();
    expect(setup.gateway.recorded()).toEqual([]);
  });

  it('are recognised by both kinds of signature', () => {
    const read = (authorization: string) =>
      readCall({ method: 'GET', target: '/b/k', headers: { authorization }, body: Buffer.alloc(0) }, 'k');
    const key = 'SignedHeaders=host, Signature=0';
    expect(read(`AWS4-HMAC-SHA256 Credential=k.a/b/20260101/r/s3/aws4_request, ${key}`)).toMatchObject({
      service: 's3',
      operation: 'GetObject',
      caller: 'a/b',
    });
    expect(
      read(`AWS4-ECDSA-P256-SHA256 Credential=k.a/b/20260101/cloudfront-keyvaluestore/aws4_request, ${key}`),
    ).toMatchObject({ service: 'cloudfront-keyvaluestore', caller: 'a/b' });
    expect(read(`AWS4-HMAC-SHA256 Credential=k.a/20260101/r/ec2/aws4_request, ${key}`)).toBeUndefined();
    expect(read('Basic YTpi')).toBeUndefined();
  });

  it('without a signature are refused, and those to unknown services', async () => {
    expect((await fetch(`${setup.gateway.url}/${Bucket}/a`)).status).toBe(403);
    const dynamo = new DynamoDBClient({ ...setup.client, maxAttempts: 1 });
    const call = dynamo.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } }));
    expect(await failure(call)).toEqual({ name: 'NotImplemented', status: 501 });
  });

  it('with invalid paths get an answer', async () => {
    const signed = (service: string) => ({
      authorization: `AWS4-HMAC-SHA256 Credential=${setup.gateway.accessKeyId('a')}/20260101/r/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    });
    const status = async (path: string, service: string) =>
      (await fetch(`${setup.gateway.url}${path}`, { headers: signed(service) })).status;
    expect(await status(`/${Bucket}/%E0%A4%A`, 's3')).toBe(400);
    expect(await status('/key-value-stores/%E0%A4%A', 'cloudfront-keyvaluestore')).toBe(501);
    expect(await status('/2015-03-31/functions/%E0%A4%A/invocations', 'lambda')).toBe(501);
  });
});

describe('a caller', () => {
  const services = [
    's3',
    'sqs',
    'secretsmanager',
    'ssm',
    'kms',
    'cloudfront-keyvaluestore',
    'dynamodb',
    'lambda',
  ];
  let gateway: Gateway;
  beforeAll(async () => {
    const answers = { handle: async () => ({ status: 200, headers: {}, body: '{}' }) };
    gateway = await startGateway({
      ...{ port: 0, accessKey: 'secret', clock: setup.clock },
      ...{
        objects: answers,
        queues: answers,
        secrets: answers,
        parameters: answers,
        encryptionKeys: answers,
        keyValues: answers,
      },
      // Nobody listens there, so that a call that is passed on fails.
      table: { endpoint: 'http://127.0.0.1:1' },
      invoke: async () => ({ payload: '{}' }),
    });
  });
  afterAll(() => gateway.close());

  /** By hand, since fetch sends a `Host` of its own. */
  const status = (service: string, accessKeyId: string, more: Readonly<Record<string, string>> = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/r/${service}/aws4_request, SignedHeaders=host, Signature=0`;
      const path = service === 'lambda' ? '/2015-03-31/functions/one/invocations' : '/';
      request({ port: gateway.port, method: 'POST', path, headers: { authorization, ...more } }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end();
    });
  const statuses = (accessKeyId: string, more = {}) =>
    Promise.all(services.map((service) => status(service, accessKeyId, more)));

  it('with the key is answered', async () => {
    const host = `127.0.0.1:${gateway.port}`;
    const answered = services.map((service) => (service === 'dynamodb' ? 500 : 200));
    expect(await statuses('secret.fetch-dist', { host })).toEqual(answered);
    expect(gateway.recorded().map(({ caller }) => caller)).toEqual(services.map(() => 'fetch-dist'));
    gateway.forget();
  });

  it.each(['fetch-dist', 'secret', 'secret.', '.fetch-dist', 'secrets.fetch-dist', 'SECRET.fetch-dist'])(
    'with the access key id %s gets nothing of any service',
    async (accessKeyId) => {
      const host = `127.0.0.1:${gateway.port}`;
      expect(await statuses(accessKeyId, { host })).toEqual(services.map(() => 403));
      expect(gateway.recorded()).toEqual([]);
    },
  );

  it.each([
    ['a name that resolves to this machine', () => ({ host: `rebound.example:${gateway.port}` })],
    ['localhost', () => ({ host: `localhost:${gateway.port}` })],
    ['another port', () => ({ host: '127.0.0.1:1' })],
    ['a page of another site', () => ({ host: `127.0.0.1:${gateway.port}`, origin: 'https://evil.example' })],
    ['a page without an origin', () => ({ host: `127.0.0.1:${gateway.port}`, origin: 'null' })],
  ])('that is a browser is refused: %s', async (_, headers) => {
    expect(await statuses('secret.fetch-dist', headers())).toEqual(services.map(() => 403));
    expect(gateway.recorded()).toEqual([]);
  });
});

describe('functions', () => {
  it('are invoked synchronously or as an event, by name or ARN', async () => {
    const { lambda } = clients();
    const invoke = (FunctionName: string, InvocationType: 'RequestResponse' | 'Event') =>
      lambda.send(new InvokeCommand({ FunctionName, InvocationType, Payload: Buffer.from('{"a":1}') }));
    invoked.length = 0;
    const answer = await invoke('one', 'RequestResponse');
    expect(Buffer.from(answer.Payload ?? []).toString()).toBe('"done"');
    expect(answer.StatusCode).toBe(200);
    const event = await invoke('arn:aws:lambda:eu-central-1:000000000000:function:two', 'Event');
    expect(event.StatusCode).toBe(202);
    expect(await invoke('broken', 'RequestResponse')).toMatchObject({ FunctionError: 'Unhandled' });
    expect(await failure(invoke('missing', 'Event'))).toEqual({
      name: 'ResourceNotFoundException',
      status: 404,
    });
    expect(invoked.slice(0, 2)).toEqual([
      ['one', '{"a":1}', 'RequestResponse'],
      ['two', '{"a":1}', 'Event'],
    ]);
  });
});

describe('faults', () => {
  const only = (operation: string, fault: Fault) =>
    setup.gateway.intercept((call) => (call.operation === operation ? fault : 'pass'));
  const conflict = { status: 409, code: 'ConditionalRequestConflict' };

  it('before the effect prevent it', async () => {
    const { s3, sqs } = clients();
    only('PutObject', { when: 'before', error: conflict });
    expect(await failure(putBy(s3, 'before'))).toEqual({ name: 'ConditionalRequestConflict', status: 409 });
    expect(await objects.get(Bucket, 'before')).toBeUndefined();
    only('SendMessage', { when: 'before', error: { status: 403, code: 'RequestThrottled' } });
    expect(await failure(sendBy(sqs))).toEqual({ name: 'RequestThrottled', status: 403 });
  });

  it('after the effect only hide it', async () => {
    const { s3 } = clients();
    only('PutObject', { when: 'after', error: { status: 500, code: 'InternalError' } });
    expect(await failure(putBy(s3, 'after'))).toEqual({ name: 'InternalError', status: 500 });
    expect(await objects.get(Bucket, 'after')).toBeDefined();
  });

  it('may break the connection, before or after', async () => {
    const { s3 } = clients();
    only('PutObject', { when: 'before', drop: true });
    await expect(putBy(s3, 'dropped')).rejects.toThrow(/hang up|ECONNRESET/);
    expect(await objects.get(Bucket, 'dropped')).toBeUndefined();
    only('PutObject', { when: 'after', drop: true });
    await expect(putBy(s3, 'dropped')).rejects.toThrow(/hang up|ECONNRESET/);
    expect(await objects.get(Bucket, 'dropped')).toBeDefined();
  });

  it('may run an action while the caller still waits', async () => {
    const { s3 } = clients();
    const there: boolean[] = [];
    const act = async () => there.push((await objects.get(Bucket, 'acted')) !== undefined);
    only('PutObject', { when: 'before', drop: true, act });
    await expect(putBy(s3, 'acted')).rejects.toThrow(/hang up|ECONNRESET/);
    only('PutObject', { when: 'after', drop: true, act });
    await expect(putBy(s3, 'acted')).rejects.toThrow(/hang up|ECONNRESET/);
    expect(there).toEqual([false, true]);
  });

  it('that are temporary are survived by a client that retries', async () => {
    let failures = 1;
    setup.gateway.intercept(() => {
      failures -= 1;
      return failures >= 0 ? { when: 'before', error: { status: 500, code: 'InternalError' } } : 'pass';
    });
    await putBy(new S3Client(setup.client), 'again');
    expect(setup.gateway.recorded()[0]?.count).toBe(2);
  });

  it('may delay on the clock', async () => {
    const { s3 } = clients();
    only('PutObject', { when: 'before', delayMs: 60_000 });
    let done = false;
    const put = putBy(s3, 'delayed').then(() => {
      done = true;
    });
    await expect.poll(() => setup.gateway.recorded().length).toBe(1);
    expect(await objects.get(Bucket, 'delayed')).toBeUndefined();
    expect(done).toBe(false);
    await setup.clock.advance(60_000);
    await put;
    expect(await objects.get(Bucket, 'delayed')).toBeDefined();
  });

  it('wait for the hook, so that a test can order two calls', async () => {
    const { s3 } = clients();
    const gate = Promise.withResolvers<'pass'>();
    setup.gateway.intercept((call) => (call.request.target.includes('first') ? gate.promise : 'pass'));
    const order: string[] = [];
    const first = putBy(s3, 'first').then(() => order.push('first'));
    await putBy(s3, 'second').then(() => order.push('second'));
    gate.resolve('pass');
    await first;
    expect(order).toEqual(['second', 'first']);
  });

  it('do not affect a long poll of another function', async () => {
    const { sqs } = clients('consumer');
    setup.gateway.intercept(({ caller }) =>
      caller === 'producer' ? { when: 'before', drop: true } : 'pass',
    );
    await expect(sendBy(clients('producer').sqs)).rejects.toThrow();
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    expect(Messages?.length).toBe(1);
  });
});
