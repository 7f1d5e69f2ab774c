import { createCloudClock, type SteppableClock } from '../runtime/clock.ts';
import { type HttpRequest, type HttpResponse, headerMap, listen } from '../runtime/listen.ts';
import type { ObjectEngine, StoredObject } from '../runtime/service.ts';
import type { JsonObject } from '../template/json.ts';
import {
  readCachePolicy,
  readDistribution,
  readOriginRequestPolicy,
  readResponseHeadersPolicy,
} from './config.ts';
import {
  type CdnLine,
  createDistribution,
  type Distribution,
  type DistributionOptions,
} from './distribution.ts';
import { createEdgeFunction } from './edge-function.ts';
import { managedCachePolicies, managedOriginRequestPolicies } from './managed-policies.ts';

const edgeCode = `function handler(event) {
  var request = event.request;
  if (request.headers['x-fail']) throw new Error('broken');
  if (!request.headers.authorization) return { statusCode: 401, body: 'who?' };
  delete request.headers.authorization;
  if (request.uri.endsWith('/root.json')) delete request.headers['if-modified-since'];
  request.uri = request.uri.replace('/acme/', '/1/');
  return request;
}`;

const cachePolicy = (ttl: [number, number, number], more: JsonObject = {}) =>
  readCachePolicy({
    CachePolicyConfig: {
      MinTTL: ttl[0],
      DefaultTTL: ttl[1],
      MaxTTL: ttl[2],
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: true,
        HeadersConfig: { HeaderBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
        CookiesConfig: { CookieBehavior: 'none' },
        ...more,
      },
    },
  });

const cachePolicies: Record<string, ReturnType<typeof readCachePolicy>> = {
  ...managedCachePolicies,
  second: cachePolicy([1, 1, 1]),
  minute: cachePolicy([0, 60, 3600]),
  year: cachePolicy([0, 31_536_000, 31_536_000]),
  keyed: cachePolicy([0, 60, 60], {
    HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['X-Kind'] },
    QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['page'] },
    CookiesConfig: { CookieBehavior: 'whitelist', Cookies: ['session'] },
  }),
};

const originPolicies: Record<string, ReturnType<typeof readOriginRequestPolicy>> = {
  ...managedOriginRequestPolicies,
  some: readOriginRequestPolicy({
    OriginRequestPolicyConfig: {
      HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['X-Some', 'If-None-Match'] },
      QueryStringsConfig: { QueryStringBehavior: 'all' },
      CookiesConfig: { CookieBehavior: 'none' },
    },
  }),
};

const headersPolicy = readResponseHeadersPolicy({
  ResponseHeadersPolicyConfig: {
    CustomHeadersConfig: {
      Items: [
        { Header: 'X-Added', Value: 'yes', Override: false },
        { Header: 'Content-Type', Value: 'a/b', Override: false },
      ],
    },
    RemoveHeadersConfig: { Items: [{ Header: 'Server' }] },
    SecurityHeadersConfig: {
      ContentTypeOptions: { Override: true },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true },
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
      ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'self'", Override: true },
    },
  },
});

const all = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];
const edge = { FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: 'edge' }] };
const readConfig = readDistribution({
  DistributionConfig: {
    Comment: 'test',
    DefaultRootObject: 'index.html',
    DefaultCacheBehavior: { TargetOriginId: 'bucket', CachePolicyId: 'second', Compress: true, ...edge },
    CacheBehaviors: [
      {
        PathPattern: '/plain/*',
        TargetOriginId: 'bucket',
        CachePolicyId: 'minute',
        ResponseHeadersPolicyId: 'headers',
      },
      { PathPattern: '/listed/*', TargetOriginId: 'listed', CachePolicyId: 'second' },
      { PathPattern: '/closed/*', TargetOriginId: 'closed', CachePolicyId: 'second' },
      { PathPattern: '*.zip', TargetOriginId: 'group', CachePolicyId: 'year', ...edge },
      {
        PathPattern: '/api/*',
        TargetOriginId: 'api',
        AllowedMethods: all,
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      },
      {
        PathPattern: '/viewer/*',
        TargetOriginId: 'api',
        AllowedMethods: all,
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3',
      },
      {
        PathPattern: '/keyed/*',
        TargetOriginId: 'api',
        CachePolicyId: 'keyed',
        OriginRequestPolicyId: 'some',
      },
      {
        PathPattern: '/either/*',
        TargetOriginId: 'servers',
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS'],
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      },
      { PathPattern: '/down/*', TargetOriginId: 'down', CachePolicyId: 'minute' },
      { PathPattern: '/slow/*', TargetOriginId: 'slow', CachePolicyId: 'minute' },
    ],
    Origins: [
      { Id: 'bucket', DomainName: 'bucket.s3', OriginAccessControlId: 'oac', S3OriginConfig: {} },
      { Id: 'listed', DomainName: 'listed.s3', OriginAccessControlId: 'oac', S3OriginConfig: {} },
      { Id: 'closed', DomainName: 'closed.s3', OriginAccessControlId: 'oac', S3OriginConfig: {} },
      {
        Id: 'builder',
        DomainName: 'api.example',
        OriginPath: '/build',
        OriginCustomHeaders: [{ HeaderName: 'X-Secret', HeaderValue: 's3cret' }],
        CustomOriginConfig: {},
      },
      { Id: 'api', DomainName: 'api.example', CustomOriginConfig: {} },
      { Id: 'down', DomainName: 'down.example', CustomOriginConfig: {} },
      { Id: 'slow', DomainName: 'api.example', CustomOriginConfig: {} },
    ],
    OriginGroups: {
      Items: [
        {
          Id: 'group',
          FailoverCriteria: { StatusCodes: { Items: [403, 404] } },
          Members: { Items: [{ OriginId: 'bucket' }, { OriginId: 'builder' }] },
        },
        {
          Id: 'servers',
          FailoverCriteria: { StatusCodes: { Items: [404] } },
          Members: { Items: [{ OriginId: 'api' }, { OriginId: 'builder' }] },
        },
      ],
    },
    CustomErrorResponses: [
      { ErrorCode: 403, ErrorCachingMinTTL: 0 },
      { ErrorCode: 404, ErrorCachingMinTTL: 30, ResponseCode: 404, ResponsePagePath: '/plain/404.json' },
      { ErrorCode: 502, ErrorCachingMinTTL: 0 },
    ],
  },
});

/** As read, except for an origin timeout below CloudFront's minimum. */
const config = {
  ...readConfig,
  origins: new Map(
    [...readConfig.origins].map(([id, origin]) => [
      id,
      id === 'slow' ? { ...origin, readTimeoutMs: 100 } : origin,
    ]),
  ),
};

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly raw: Buffer;
  header(name: string): string | undefined;
  /** The first word of `x-cache`. */
  readonly cache: string | undefined;
}

export interface DistributionFixture {
  readonly clock: SteppableClock;
  readonly distribution: Distribution;
  readonly options: DistributionOptions;
  /** The requests that the origin server received. */
  readonly seen: readonly HttpRequest[];
  readonly lines: readonly CdnLine[];
  /** Sets the origin server's answer, which it sends after `wait` milliseconds. */
  reply(answer: Partial<HttpResponse> & { readonly wait?: number }): void;
  put(path: string, text: string, headers?: Record<string, string>): void;
  get(target: string, headers?: Record<string, string>, method?: string, body?: string): Promise<Answer>;
  close(): Promise<void>;
}

/** The modification time of every object of the fixture. */
export const lastModified = 1_700_000_000_000;

/** Creates a distribution with all kinds of behaviors, over buckets in memory and one origin server. */
export async function createDistributionFixture(): Promise<DistributionFixture> {
  const clock = createCloudClock();
  const objects = new Map<string, StoredObject>();
  const seen: HttpRequest[] = [];
  const lines: CdnLine[] = [];
  let answer: Partial<HttpResponse> & { readonly wait?: number } = {};
  const server = await listen('origin', 0);
  server.serve(async (request) => {
    seen.push(request);
    const { wait = 0, ...response } = answer;
    await new Promise((resolve) => setTimeout(resolve, wait));
    return { status: 200, headers: new Map(), body: Buffer.from('from the origin'), ...response };
  });
  const unused = () => {
    throw new Error('not used by a distribution');
  };
  const engine: ObjectEngine = {
    get: async (bucket, key) => objects.get(`${bucket}/${key}`),
    createBucket: unused,
    contents: unused,
    restore: unused,
    handle: unused,
    close: unused,
  };
  const options: DistributionOptions = {
    id: 'E1',
    domainName: 'd.cloudfront.net',
    config,
    clock,
    objects: engine,
    cachePolicy: (id) => known(cachePolicies[id]),
    originRequestPolicy: (id) => known(originPolicies[id]),
    responseHeadersPolicy: () => headersPolicy,
    edgeFunction: () =>
      createEdgeFunction({ name: 'edge', code: edgeCode, edgeValue: undefined, clock, onLine: () => {} }),
    target(domainName) {
      if (domainName.endsWith('.s3')) return { kind: 'bucket', bucket: domainName.slice(0, -3) };
      return { kind: 'server', url: domainName === 'down.example' ? 'http://127.0.0.1:1' : server.url };
    },
    bucketAccess: (bucket) => ({ read: bucket !== 'closed', list: bucket === 'listed' }),
    onRequest: (line) => lines.push(line),
    onError: () => {},
  };
  const distribution = createDistribution(options);
  return {
    clock,
    distribution,
    options,
    seen,
    lines,
    reply(next) {
      answer = next;
    },
    put(path, text, headers = {}) {
      objects.set(path, {
        body: Buffer.from(text),
        etag: `"${text.slice(0, 20)}-${text.length}"`,
        lastModified,
        headers: { 'content-type': 'application/json', ...headers },
      });
    },
    async get(target, headers = {}, method = 'GET', body = '') {
      const response = await distribution.handle({
        method,
        target,
        headers: headerMap(Object.entries({ host: 'd.cloudfront.net', ...headers }).flat()),
        body: Buffer.from(body),
        remoteAddress: '127.0.0.1',
      });
      return {
        status: response.status,
        body: response.body.toString(),
        raw: response.body,
        header: (name) => response.headers.get(name)?.join(', '),
        cache: response.headers.get('x-cache')?.[0]?.replace(' from cloudfront', ''),
      };
    },
    async close() {
      distribution.close();
      await server.close();
    },
  };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('unknown');
  return value;
}
