import { Agent, request as httpRequest } from 'node:http';
import { headerMap, headersOf } from '../runtime/listen.ts';
import type { ObjectEngine } from '../runtime/service.ts';
import type { DistributionConfig, Origin } from './config.ts';
import type { OriginRequest } from './forwarding.ts';

export interface OriginResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

/** Where an origin's domain name leads on this machine. */
export type OriginTarget =
  | { readonly kind: 'bucket'; readonly bucket: string }
  /** `http://127.0.0.1:<port>` */
  | { readonly kind: 'server'; readonly url: string };

/** What the bucket's policy allows the distribution to do. */
export interface BucketAccess {
  readonly read: boolean;
  readonly list: boolean;
}

export interface OriginsOptions {
  readonly config: DistributionConfig;
  readonly objects: ObjectEngine;
  /** Resolves a domain name; undefined for one that is not on this machine. */
  target(domainName: string): OriginTarget | undefined;
  bucketAccess(bucket: string): BucketAccess;
}

export interface Origins {
  /** Sends the request to an origin, or to both of a group. If there is no answer the result is a 502 or 504. */
  fetch(originOrGroupId: string, request: OriginRequest): Promise<OriginResponse>;
  close(): void;
}

/**
 * Creates access to the origins of a distribution.
 *
 * @throws Error when an origin's domain is not on this machine
 */
export function createOrigins(options: OriginsOptions): Origins {
  const { config } = options;
  const agent = new Agent({ keepAlive: true });
  const targets = new Map([...config.origins.values()].map((origin) => [origin.id, targetOf(origin)]));

  function targetOf(origin: Origin): OriginTarget {
    const target = options.target(origin.domainName);
    if (target === undefined) throw new Error(`the origin ${origin.domainName} is not on this machine`);
    return target;
  }

  async function fetchOne(id: string, request: OriginRequest): Promise<OriginResponse> {
    const origin = config.origins.get(id);
    const target = targets.get(id);
    if (origin === undefined || target === undefined) throw new Error(`there is no origin ${id}`);
    if (target.kind === 'bucket') return await fetchObject(origin, target.bucket, request);
    return await fetchServer(origin, target.url, request, agent);
  }

  async function fetchObject(
    origin: Origin,
    bucket: string,
    request: OriginRequest,
  ): Promise<OriginResponse> {
    const access = options.bucketAccess(bucket);
    if (!origin.hasAccessControl || !access.read) return s3Error(403, 'AccessDenied');
    if (request.method !== 'GET' && request.method !== 'HEAD') return s3Error(405, 'MethodNotAllowed');
    const key = decodeKey(`${origin.path}${request.uri}`.slice(1));
    const object = key === undefined ? undefined : await options.objects.get(bucket, key);
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: without ListBucket a missing key is 403.
    if (object === undefined) return access.list ? s3Error(404, 'NoSuchKey') : s3Error(403, 'AccessDenied');
    const headers = headersOf({
      'content-type': 'binary/octet-stream',
      ...object.headers,
      etag: object.etag,
      'last-modified': new Date(object.lastModified).toUTCString(),
      'accept-ranges': 'bytes',
      server: 'AmazonS3',
    });
    return { status: 200, headers, body: object.body };
  }

  return {
    async fetch(originOrGroupId, request) {
      const group = config.groups.get(originOrGroupId);
      if (group === undefined) return await fetchOne(originOrGroupId, request);
      const [primary = '', secondary = ''] = group.originIds;
      const first = await fetchOne(primary, request);
      // A behavior with a group allows only the methods that fail over: GET, HEAD and OPTIONS (config.ts refuses others).
      // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
      return group.statusCodes.has(first.status) ? await fetchOne(secondary, request) : first;
    },
    close: () => agent.destroy(),
  };
}

function decodeKey(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

function s3Error(status: number, code: string): OriginResponse {
  const headers = headersOf({ 'content-type': 'application/xml', server: 'AmazonS3' });
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`;
  return { status, headers, body: Buffer.from(body) };
}

function fetchServer(
  origin: Origin,
  url: string,
  request: OriginRequest,
  agent: Agent,
): Promise<OriginResponse> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, values] of request.headers) headers[name] = [...values];
  // If the viewer's Host is not forwarded, the origin's own name is sent.
  headers.host = request.headers.get('host')?.[0] ?? origin.domainName;
  Object.assign(headers, origin.customHeaders);
  if (request.body.length > 0) headers['content-length'] = String(request.body.length);
  const query = request.queryString === '' ? '' : `?${request.queryString}`;
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const outgoing = httpRequest(
      {
        hostname,
        port,
        agent,
        method: request.method,
        path: `${origin.path}${request.uri}${query}`,
        headers,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', () => resolve(gatewayError(502)));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 502,
            headers: headerMap(incoming.rawHeaders),
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    outgoing.setTimeout(origin.readTimeoutMs, () => {
      resolve(gatewayError(504));
      outgoing.destroy();
    });
    outgoing.on('error', () => resolve(gatewayError(502)));
    outgoing.end(request.body);
  });
}

function gatewayError(status: 502 | 504): OriginResponse {
  const what = status === 502 ? 'The origin could not be reached' : 'The origin did not answer in time';
  return { status, headers: headersOf({ 'content-type': 'text/plain' }), body: Buffer.from(`${what}\n`) };
}
