/** A local cloud that runs a small template. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cloud, startCloud } from '../../../local/cloud/cloud.ts';
import { createCloudClock } from '../../../local/cloud/runtime/clock.ts';
import { ENDPOINT_VARIABLE } from '../../../local/cloud/services/table.ts';
import { type Puppeteer, puppetCode, startPuppeteer } from './controlled-function.ts';
import type { Template } from './template.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface HttpOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Scene {
  readonly cloud: Cloud;
  readonly puppeteer: Puppeteer;
  /** Asks the distribution. */
  cdn(path: string, options?: HttpOptions): Promise<HttpAnswer>;
  /** Asks the HTTP API. */
  api(path: string, options?: HttpOptions): Promise<HttpAnswer>;
  /** Calls SQS; a refusal becomes its name. */
  sqs(operation: string, input: object): Promise<unknown>;
  /** Puts an object, and gives the status. */
  put(bucket: string, key: string, body: string, headers?: Readonly<Record<string, string>>): Promise<number>;
  /** Calls DynamoDB; a refusal becomes its name. */
  dynamo(operation: string, input: object): Promise<unknown>;
  /** Gives a key to a key-value store. */
  putKey(storeArn: string, key: string, value: string): Promise<void>;
  step(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export interface SceneOptions {
  readonly template: Template;
  /** A new one unless given; a given one stays. */
  readonly directory?: string;
}

/** No server listens there: a template without a table asks none. */
const NO_TABLES = 'http://127.0.0.1:9';

/** @throws what startCloud throws */
export async function startScene({ template, directory: given }: SceneOptions): Promise<Scene> {
  const directory = given ?? mkdtempSync(join(tmpdir(), 'template-mutations-'));
  const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
  const has = (part: string) => [...types].some((type) => type.startsWith(part));
  if (has('AWS::DynamoDB')) delete process.env[ENDPOINT_VARIABLE];
  else process.env[ENDPOINT_VARIABLE] = NO_TABLES;
  const puppeteer = await startPuppeteer();
  const closeAll = async (cloud?: Cloud): Promise<void> => {
    await cloud?.close({ graceMs: 0 });
    await puppeteer.close();
    if (given === undefined) rmSync(directory, { recursive: true, force: true });
  };
  let cloud: Cloud;
  try {
    cloud = await startCloud({
      assembly: writeAssembly(directory, template),
      directory: join(directory, 'data'),
      clock: createCloudClock(),
      parameters: template.Parameters?.Puppeteer === undefined ? {} : { Puppeteer: puppeteer.url },
      ports: {
        gateway: 0,
        ...(has('AWS::CloudFront::Distribution') ? { registry: 0 } : {}),
        ...(has('AWS::ApiGatewayV2::Api') ? { httpApi: 0 } : {}),
      },
    });
  } catch (error) {
    await closeAll();
    throw error;
  }
  const { engines, clock } = cloud;

  return {
    cloud,
    puppeteer,
    cdn: (path, options) => http(`${cloud.addresses.registry}${path}`, options),
    api: (path, options) => http(`${cloud.addresses.httpApi}${path}`, options),
    async sqs(operation, input) {
      const { status, body } = await engines.queues.handle({
        method: 'POST',
        target: '/',
        headers: { 'x-amz-target': `AmazonSQS.${operation}` },
        body: Buffer.from(JSON.stringify(input)),
      });
      return answered(status < 400, String(body));
    },
    async put(bucket, key, body, headers = {}) {
      const target = `/${bucket}/${key}`;
      return (await engines.objects.handle({ method: 'PUT', target, headers, body: Buffer.from(body) }))
        .status;
    },
    async dynamo(operation, input) {
      const { status, body } = await http(engines.tableEndpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          'x-amz-date': '20260101T000000Z',
          authorization:
            'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none',
        },
        body: JSON.stringify(input),
      });
      return answered(status < 400, body);
    },
    async putKey(storeArn, key, value) {
      const target = `/key-value-stores/${encodeURIComponent(storeArn)}`;
      const described = await engines.keyValues.handle({
        method: 'GET',
        target,
        headers: {},
        body: Buffer.alloc(0),
      });
      const { status } = await engines.keyValues.handle({
        method: 'PUT',
        target: `${target}/keys/${encodeURIComponent(key)}`,
        headers: { 'if-match': described.headers.etag ?? '' },
        body: Buffer.from(JSON.stringify({ Value: value })),
      });
      if (status !== 200) throw new Error(`The key was refused with ${status}`);
    },
    step: (seconds) => clock.advance(seconds * 1000),
    close: () => closeAll(cloud),
  };
}

function answered(isGood: boolean, body: string): unknown {
  const answer: unknown = JSON.parse(body);
  if (isGood) return answer;
  const type = typeof answer === 'object' && answer !== null ? Reflect.get(answer, '__type') : undefined;
  return String(type).split('#').at(-1);
}

function writeAssembly(directory: string, template: Template): string {
  const assembly = join(directory, 'assembly');
  for (const [bundle, code] of Object.entries(bundles)) {
    mkdirSync(join(assembly, `asset.${bundle}`), { recursive: true });
    writeFileSync(join(assembly, `asset.${bundle}`, 'index.mjs'), code);
  }
  const artifact = {
    type: 'aws:cloudformation:stack',
    properties: { templateFile: 'Small.template.json' },
  };
  writeFileSync(join(assembly, 'manifest.json'), JSON.stringify({ artifacts: { Small: artifact } }));
  writeFileSync(join(assembly, 'Small.template.json'), JSON.stringify(template));
  return assembly;
}

/** By the hash in the name of the asset. */
const bundles = {
  puppet: puppetCode,
  fixed: `export const handler = async () => 'another bundle';`,
};

/** Asks as it is told: without headers of its own, redirections or decompression. */
export function http(url: string, options: HttpOptions = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: options.method ?? 'GET', headers: { ...options.headers }, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}
