import type { CachePolicy, NameRule, OriginRequestPolicy } from './config.ts';
import { type EdgeRequest, formatCookies, formatQuery } from './edge-request.ts';

/** The request to an origin. */
export interface OriginRequest {
  readonly method: string;
  readonly uri: string;
  readonly queryString: string;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

/** The cache key: what the cache policy names, after the edge function. */
export function cacheKey(request: EdgeRequest, policy: CachePolicy): string {
  return JSON.stringify([
    request.uri,
    select(request.query, [policy.query]),
    policy.headers.map((name) => request.headers.get(name) ?? null),
    select(request.cookies, [policy.cookies]),
    policy.gzip && acceptsGzip(request),
  ]);
}

/** Whether the viewer accepts gzip. */
export function acceptsGzip(request: EdgeRequest): boolean {
  const encodings = (request.headers.get('accept-encoding') ?? []).flatMap((value) =>
    value.toLowerCase().split(','),
  );
  return encodings.some((encoding) => /^\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/.test(encoding));
}

/** Headers forwarded without a policy because they describe the body. Credentials are forwarded too, for requests that are not cached. */
const describesBody = ['content-type', 'content-encoding', 'content-language'];

/** Headers that CloudFront sets or drops whatever a policy says. */
const ownHeaders = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'via',
  'accept-encoding',
  'x-forwarded-for',
]);

/**
 * Builds the request to the origin: the parameters, headers and cookies that the policies name, and what CloudFront adds.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-headers-behavior
 */
export function originRequest(
  request: EdgeRequest,
  cachePolicy: CachePolicy,
  originPolicy: OriginRequestPolicy | undefined,
): OriginRequest {
  const headers = new Map<string, readonly string[]>([['user-agent', ['Amazon CloudFront']]]);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const passes = headerFilter(cachePolicy, originPolicy);
  for (const [name, values] of request.headers) {
    const passesAnyway = describesBody.includes(name) || (name === 'authorization' && !isRead);
    if (!ownHeaders.has(name) && (passes(name) || passesAnyway)) headers.set(name, values);
  }
  // Cacheable answers are fetched completely, and conditional requests are answered at the edge.
  const isKept = isRead && cachePolicy.maxTtl > 0;
  if (isKept) for (const name of ['if-none-match', 'if-modified-since', 'range']) headers.delete(name);
  if (cachePolicy.gzip && acceptsGzip(request)) headers.set('accept-encoding', ['gzip']);
  headers.set('x-forwarded-for', [
    [...(request.headers.get('x-forwarded-for') ?? []), request.viewerIp].join(', '),
  ]);
  headers.set('via', [`1.1 ${VIA}`]);
  const cookies = select(request.cookies, [cachePolicy.cookies, originPolicy?.cookies]);
  if (cookies.length > 0) headers.set('cookie', [formatCookies(cookies)]);
  return {
    method: request.method,
    uri: request.uri,
    queryString: formatQuery(select(request.query, [cachePolicy.query, originPolicy?.query])),
    headers,
    body: request.body,
  };
}

/** The value of the Via header. */
export const VIA = 'local.cloudfront.net (CloudFront)';

function headerFilter(
  cachePolicy: CachePolicy,
  originPolicy: OriginRequestPolicy | undefined,
): (name: string) => boolean {
  const { behavior, names } = originPolicy?.headers ?? { behavior: 'none', names: [] };
  return (name) => {
    if (cachePolicy.headers.includes(name)) return true;
    if (behavior === 'allViewer') return true;
    if (behavior === 'none') return false;
    return names.includes(name) === (behavior === 'whitelist');
  };
}

function select(pairs: EdgeRequest['query'], rules: readonly (NameRule | undefined)[]): EdgeRequest['query'] {
  return pairs.filter(([name]) => rules.some((rule) => rule !== undefined && selects(rule, name)));
}

function selects({ behavior, names }: NameRule, name: string): boolean {
  if (behavior === 'all') return true;
  if (behavior === 'none') return false;
  return names.includes(name) === (behavior === 'whitelist');
}
