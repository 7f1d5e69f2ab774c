import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  aws_apigatewayv2 as apigateway,
  CfnOutput,
  aws_cloudfront as cloudfront,
  Duration,
  aws_dynamodb as dynamodb,
  aws_lambda_event_sources as eventSources,
  Fn,
  aws_apigatewayv2_integrations as integrations,
  aws_lambda as lambda,
  aws_cloudfront_origins as origins,
  Stack,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_secretsmanager as secretsmanager,
  aws_sqs as sqs,
  aws_scheduler_targets as targets,
} from 'aws-cdk-lib';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Cloud, type CloudLog, startCloud } from './cloud.ts';
import { createCloudClock } from './runtime/clock.ts';

const handlerCode = `
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBClient, PutItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
const s3 = new S3Client({});
const sqs = new SQSClient({});
const table = new DynamoDBClient({});
const TableName = process.env.TABLE;
export const handler = async (event) => {
  if (event.requestContext) {
    if (event.headers['x-origin'] !== undefined) {
      return { statusCode: 200, headers: { 'cache-control': 'no-store' }, body: 'built ' + event.rawPath + ' ' + event.headers['x-origin'].length };
    }
    await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: event.body }));
    return { accepted: event.pathParameters.name, by: event.headers['x-forwarded-for'].split(', ').length, authorization: event.headers.authorization };
  }
  if (event.Records) {
    const failures = [];
    for (const { body, messageId } of event.Records) {
      const { key, text, fail } = JSON.parse(body);
      if (fail) failures.push({ itemIdentifier: messageId });
      else {
        await s3.send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key: key, Body: text, ContentType: 'application/json' }));
        console.log(JSON.stringify({ level: 'INFO', message: 'stored', key }));
      }
    }
    return { batchItemFailures: failures };
  }
  if (event.tick) {
    await table.send(new PutItemCommand({ TableName, Item: { pk: { S: 'tick' }, at: { N: String(Date.now()) } } }));
    return null;
  }
  if (event.read) {
    const { Item } = await table.send(new GetItemCommand({ TableName, Key: { pk: { S: 'tick' } }, ConsistentRead: true }));
    return Number(Item?.at?.N ?? 0);
  }
  throw new Error('what is that?');
};
`;

const edgeCode = `import cf from 'cloudfront';
async function handler(event) {
  var request = event.request;
  var given = request.headers.authorization;
  if (!given) return { statusCode: 401, headers: { 'www-authenticate': { value: 'Basic' } }, body: { encoding: 'text', data: '{"warning":"who"}' } };
  if (!(await cf.kvs().exists('t/' + given.value))) return { statusCode: 404 };
  delete request.headers.authorization;
  request.uri = request.uri.replace('/acme/', '/1/');
  return request;
}
`;

/** Synthesizes a small system of the same shape as the real one. */
function synthesize(directory: string): string {
  const bundle = join(directory, 'bundle');
  mkdirSync(bundle, { recursive: true });
  buildSync({
    stdin: { contents: handlerCode, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile: join(bundle, 'index.mjs'),
  });
  const outdir = join(directory, 'cdk.out');
  const app = new App({ outdir, analyticsReporting: false, treeMetadata: false });
  const stack = new Stack(app, 'Tiny');
  const table = new dynamodb.TableV2(stack, 'Table', {
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
  });
  const bucket = new s3.Bucket(stack, 'Bucket', {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
  });
  const dead = new sqs.Queue(stack, 'Dead', { queueName: 'Tiny-Dead' });
  const queue = new sqs.Queue(stack, 'Queue', {
    queueName: 'Tiny-Queue',
    deadLetterQueue: { queue: dead, maxReceiveCount: 1 },
    visibilityTimeout: Duration.seconds(60),
  });
  const secret = new secretsmanager.Secret(stack, 'Secret', {
    generateSecretString: { excludePunctuation: true, passwordLength: 40 },
  });
  const work = new lambda.Function(stack, 'Work', {
    functionName: 'Tiny-Work',
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(bundle),
    timeout: Duration.seconds(10),
    environment: { QUEUE: queue.queueUrl, BUCKET: bucket.bucketName, TABLE: table.tableName },
  });
  table.grantReadWriteData(work);
  bucket.grantPut(work);
  queue.grantSendMessages(work);
  work.addEventSource(
    new eventSources.SqsEventSource(queue, { reportBatchItemFailures: true, maxConcurrency: 2 }),
  );
  new scheduler.Schedule(stack, 'Tick', {
    schedule: scheduler.ScheduleExpression.rate(Duration.minutes(10)),
    target: new targets.LambdaInvoke(work, {
      input: scheduler.ScheduleTargetInput.fromObject({ tick: true }),
    }),
  });
  const api = new apigateway.HttpApi(stack, 'Api');
  const integration = new integrations.HttpLambdaIntegration('Integration', work);
  api.addRoutes({ path: '/api/{name}', methods: [apigateway.HttpMethod.POST], integration });
  api.addRoutes({ path: '/build/{proxy+}', methods: [apigateway.HttpMethod.GET], integration });
  const apiDomain = Fn.select(2, Fn.split('/', api.apiEndpoint));
  const store = new cloudfront.KeyValueStore(stack, 'Store');
  new CfnOutput(stack, 'StoreArn', { value: store.keyValueStoreArn });
  const authorize = new cloudfront.Function(stack, 'Authorize', {
    code: cloudfront.FunctionCode.fromInline(edgeCode),
    runtime: cloudfront.FunctionRuntime.JS_2_0,
    keyValueStore: store,
  });
  const stored = origins.S3BucketOrigin.withOriginAccessControl(bucket as s3.IBucket);
  const second = new cloudfront.CachePolicy(stack, 'Second', {
    minTtl: Duration.seconds(1),
    defaultTtl: Duration.seconds(1),
    maxTtl: Duration.seconds(1),
    enableAcceptEncodingGzip: true,
  });
  const functionAssociations = [
    { function: authorize, eventType: cloudfront.FunctionEventType.VIEWER_REQUEST },
  ];
  new cloudfront.Distribution(stack, 'Registry', {
    comment: 'registry',
    defaultBehavior: { origin: stored, cachePolicy: second, functionAssociations },
    additionalBehaviors: {
      '*.zip': {
        origin: new origins.OriginGroup({
          primaryOrigin: stored,
          fallbackOrigin: new origins.HttpOrigin(apiDomain, {
            originPath: '/build',
            customHeaders: { 'x-origin': secret.secretValue.unsafeUnwrap() },
          }),
          fallbackStatusCodes: [403, 404],
        }),
        cachePolicy: second,
        functionAssociations,
      },
      '/api/*': {
        origin: new origins.HttpOrigin(apiDomain),
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      },
    },
    errorResponses: [{ httpStatus: 403, ttl: Duration.seconds(0) }],
  });
  app.synth();
  return outdir;
}

describe('the local cloud', () => {
  const directory = mkdtempSync(join(tmpdir(), 'local-cloud-'));
  const lines: CloudLog[] = [];
  let assembly: string;
  let cloud: Cloud;

  const start = (overrides: object = {}) =>
    startCloud({
      assembly,
      directory: join(directory, 'data'),
      ports: { gateway: 0, registry: 0, httpApi: 0 },
      parameters: {},
      clock: createCloudClock(),
      services: { propagationMs: 2_000 },
      onLog: (line) => lines.push(line),
      ...overrides,
    });
  const registry = (path: string, init: RequestInit = {}) =>
    fetch(`${cloud.addresses.registry}${path}`, init);
  const known = { headers: { authorization: 'ann' } };
  const send = (message: object) =>
    registry('/api/things', {
      method: 'POST',
      body: JSON.stringify(message),
      headers: { 'content-type': 'application/json', authorization: 'me' },
    });

  beforeAll(async () => {
    // CDK's template validation takes most of the time of a synthesis, and is not under test here.
    vi.stubEnv('CDK_VALIDATION', 'false');
    assembly = synthesize(directory);
    vi.unstubAllEnvs();
    cloud = await start();
    await putKey('t/ann');
    await cloud.clock.advance(2_000);
  });

  /** Writes a key as the SDK does, but with an invalid signature, which the gateway does not verify. */
  async function putKey(key: string): Promise<void> {
    const store = `${cloud.addresses.gateway}/key-value-stores/${encodeURIComponent(String(cloud.outputs.StoreArn))}`;
    const headers = {
      authorization: `AWS4-ECDSA-P256-SHA256 Credential=${cloud.gateway.accessKeyId('test')}/20260101/cloudfront-keyvaluestore/aws4_request`,
      'content-type': 'application/json',
    };
    const etag = (await fetch(store, { headers })).headers.get('etag') ?? '';
    const put = await fetch(`${store}/keys/${encodeURIComponent(key)}`, {
      method: 'PUT',
      headers: { ...headers, 'if-match': etag },
      body: JSON.stringify({ Value: 'x' }),
    });
    expect(put.status).toBe(200);
  }

  afterAll(async () => {
    await cloud?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('refuses a function what its role does not allow, in the words of AWS', async () => {
    const store = encodeURIComponent(String(cloud.outputs.StoreArn));
    const answer = await fetch(`${cloud.addresses.gateway}/key-value-stores/${store}`, {
      headers: {
        authorization: `AWS4-ECDSA-P256-SHA256 Credential=${cloud.gateway.accessKeyId('Tiny-Work')}/20260101/cloudfront-keyvaluestore/aws4_request`,
      },
    });
    expect(await answer.json()).toMatchObject({
      __type: 'AccessDeniedException',
      message: `User: Tiny-Work is not authorized to perform: cloudfront-keyvaluestore:DescribeKeyValueStore on resource: ${cloud.outputs.StoreArn} because no identity-based policy allows the cloudfront-keyvaluestore:DescribeKeyValueStore action`,
    });
  });

  it('passes a request through the CDN, the API, a queue and a bucket back to the CDN', async () => {
    const accepted = await send({ key: '1/a.json', text: JSON.stringify({ a: 'x'.repeat(2_000) }) });
    expect(await accepted.json()).toEqual({ accepted: 'things', by: 2, authorization: 'me' });
    await cloud.idle();
    expect((await registry('/acme/a.json')).status).toBe(401);
    expect((await registry('/acme/a.json', { headers: { authorization: 'bob' } })).status).toBe(404);
    const first = await registry('/acme/a.json', known);
    expect(first.status).toBe(200);
    expect(first.headers.get('x-cache')).toBe('Miss from cloudfront');
    expect(first.headers.get('content-encoding')).toBe('gzip');
    expect(await first.json()).toEqual({ a: 'x'.repeat(2_000) });
    const second = await registry('/acme/a.json', known);
    expect(second.headers.get('x-cache')).toBe('Hit from cloudfront');
    expect(lines).toContainEqual(
      expect.objectContaining({
        source: 'function',
        functionName: 'Tiny-Work',
        line: expect.stringContaining('"stored"'),
      }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({
        source: 'cdn',
        method: 'GET',
        path: '/acme/a.json',
        status: 200,
        result: 'Hit',
      }),
    );
  });

  it('shows the edge a key after its propagation delay', async () => {
    await putKey('t/eve');
    const eve = { headers: { authorization: 'eve' } };
    expect((await registry('/acme/a.json', eve)).status).toBe(404);
    await cloud.clock.advance(2_000);
    expect((await registry('/acme/a.json', eve)).status).toBe(200);
  });

  it('fails over to the API with the secret, on the same rewritten path', async () => {
    const built = await registry('/acme/b.zip', known);
    expect(await built.text()).toBe('built /build/1/b.zip 40');
    expect((await registry('/acme/b.json', known)).status).toBe(403);
  });

  it('answers a missing route as API Gateway does', async () => {
    const response = await fetch(`${cloud.addresses.httpApi}/nothing`);
    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
  });

  it('runs schedules on its own clock', async () => {
    await cloud.idle();
    const first = Number(await cloud.invoke('Work', { read: true }));
    expect(first).toBeGreaterThan(0);
    await cloud.clock.advance(600_000);
    await cloud.idle();
    // The first run was late by its cold start, which takes seconds on a busy machine; the second was not.
    expect(Number(await cloud.invoke('Tiny-Work', { read: true }))).toBeGreaterThanOrEqual(first + 570_000);
    await expect(cloud.invoke('Work', {})).rejects.toThrow('Error: what is that?');
    await expect(cloud.invoke('Play', {})).rejects.toThrow('no function Play');
  });

  it('moves what fails to the dead letters, and reports what it waits for', async () => {
    await send({ fail: true });
    await expect(cloud.idle({ timeoutMs: 300 })).rejects.toThrow(
      /queue Tiny-Queue \(0 visible, 1 in flight, 0 delayed\)/,
    );
    // Nothing processes it, so a caller that steps the clock counts this as idle.
    await cloud.idle({ inFlightToo: false, timeoutMs: 5_000 });
    await cloud.clock.advance(61_000);
    await cloud.idle();
    expect(cloud.queueCounts()['Tiny-Dead']).toEqual({ visible: 1, delayed: 0, inFlight: 0 });
  });

  it('names a port that is in use', async () => {
    const port = Number(new URL(cloud.addresses.registry ?? '').port);
    const other = join(directory, 'other');
    await expect(
      start({ directory: other, ports: { gateway: 0, registry: port, httpApi: 0 } }),
    ).rejects.toThrow(`Port ${port}, wanted for the registry, is in use`);
    const gateway = Number(new URL(cloud.addresses.gateway).port);
    await expect(start({ directory: other, ports: { gateway, registry: 0, httpApi: 0 } })).rejects.toThrow(
      `Port ${gateway}, wanted for the gateway, is in use`,
    );
  });

  it('requires a port for each server, and no others', async () => {
    const other = join(directory, 'other');
    const wrong = (ports: object) => start({ directory: other, ports: { gateway: 0, ...ports } });
    await expect(wrong({ registry: 0 })).rejects.toThrow('no port was given for it');
    await expect(wrong({ httpApi: 0 })).rejects.toThrow('no port was given for the distribution');
    await expect(wrong({ registry: 0, httpApi: 0, console: 0 })).rejects.toThrow(
      'A port was given for the console',
    );
  });

  it('starts cold after a cool-down', async () => {
    await cloud.coolDown();
    const response = await registry('/acme/a.json', known);
    expect(response.headers.get('x-cache')).toBe('Miss from cloudfront');
  });

  it('has everything again after a restart, within three seconds', async () => {
    await cloud.close();
    const accessKeyId = cloud.gateway.accessKeyId('test');
    const started = performance.now();
    cloud = await start();
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(cloud.gateway.accessKeyId('test')).not.toBe(accessKeyId);
    expect((await registry('/acme/a.json', known)).status).toBe(200);
    expect(cloud.queueCounts()['Tiny-Dead']).toMatchObject({ visible: 1 });
    expect(await (await registry('/acme/c.zip', known)).text()).toBe('built /build/1/c.zip 40');
  });
});
