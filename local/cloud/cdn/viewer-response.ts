import { gzipSync } from 'node:zlib';
import type { HttpResponse } from '../runtime/listen.ts';
import { isUnchanged } from './conditional.ts';
import type { ResponseHeadersPolicy } from './config.ts';
import type { EdgeRequest } from './edge-request.ts';
import { acceptsGzip, VIA } from './forwarding.ts';
import type { OriginResponse } from './origins.ts';

/** Where the edge's answer came from, as `x-cache` reports it. */
export type CacheResult =
  | 'Hit'
  | 'Miss'
  | 'RefreshHit'
  | 'Error'
  | 'FunctionGeneratedResponse'
  | 'FunctionExecutionError';

export interface ViewerResponseParts {
  /** The request after the edge function. */
  readonly request: EdgeRequest;
  readonly response: OriginResponse;
  readonly result: CacheResult;
  readonly age?: number;
  readonly requestId: string;
  readonly compress: boolean;
  readonly policy: ResponseHeadersPolicy | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Turns the edge's answer into the viewer's response: conditions, compression, added headers. */
export function finish(parts: ViewerResponseParts): HttpResponse {
  const { request, response, policy } = parts;
  const headers = new Map(response.headers);
  for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'content-length'])
    headers.delete(name);
  headers.set('x-cache', [`${parts.result} from cloudfront`]);
  headers.set('via', [`1.1 ${VIA}`]);
  headers.set('x-amz-cf-id', [parts.requestId]);
  if (!headers.has('date')) headers.set('date', [new Date(parts.now).toUTCString()]);
  if (parts.age !== undefined) headers.set('age', [String(parts.age)]);
  for (const name of policy?.remove ?? []) headers.delete(name);
  for (const { name, value, override } of policy?.add ?? []) {
    if (override || !headers.has(name)) headers.set(name, [value]);
  }

  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const gzipped = parts.compress && isRead && acceptsGzip(request) && isCompressible(response);
  if (gzipped) {
    headers.set('content-encoding', ['gzip']);
    headers.set('vary', ['Accept-Encoding']);
    const etag = headers.get('etag')?.[0];
    if (etag !== undefined && !etag.startsWith('W/')) headers.set('etag', [`W/${etag}`]);
  }
  if (isRead && response.status === 200 && isUnchanged(request.headers, headers)) {
    for (const name of ['content-type', 'content-encoding']) headers.delete(name);
    return { status: 304, headers, body: Buffer.alloc(0) };
  }
  return { status: response.status, headers, body: gzipped ? gzipOnce(response.body) : response.body };
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html */
const compressibleTypes =
  /^(?:text\/(?:html|css|plain|javascript|xml|csv|markdown)|application\/(?:json|javascript|xml|wasm|manifest\+json|problem\+json)|image\/svg\+xml)\s*(?:;|$)/i;

function isCompressible({ status, headers, body }: OriginResponse): boolean {
  const isSized = body.length >= 1_000 && body.length <= 10_000_000;
  const isText = compressibleTypes.test(headers.get('content-type')?.[0] ?? '');
  return [200, 403, 404].includes(status) && isSized && isText && !headers.has('content-encoding');
}

const gzippedBodies = new WeakMap<Buffer, Buffer>();

/** Compresses a body and remembers the result, as the edge does. */
function gzipOnce(body: Buffer): Buffer {
  const known = gzippedBodies.get(body);
  if (known !== undefined) return known;
  const gzipped = gzipSync(body);
  gzippedBodies.set(body, gzipped);
  return gzipped;
}
