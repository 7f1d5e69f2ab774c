import { randomUUID } from 'node:crypto';
import { type HttpHandler, type HttpRequest, type HttpResponse, headersOf } from '../runtime/listen.ts';
import { headBytes } from '../runtime/request-size.ts';
import type { CloudClock, ObjectEngine } from '../runtime/service.ts';
import { type CachedResponse, createEdgeCache } from './cache.ts';
import type {
  Behavior,
  CachePolicy,
  DistributionConfig,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
} from './config.ts';
import type { EdgeFunction } from './edge-function.ts';
import { type EdgeRequest, parseCookies, parseQuery } from './edge-request.ts';
import { cacheKey, originRequest } from './forwarding.ts';
import { cacheSeconds, errorCacheSeconds, errorMinSeconds } from './freshness.ts';
import { type BucketAccess, createOrigins, type OriginResponse, type OriginTarget } from './origins.ts';
import { matchesPathPattern, normalizePath } from './path-pattern.ts';
import { type CacheResult, finish } from './viewer-response.ts';

/** One request that a distribution answered. */
export interface CdnLine {
  readonly distribution: string;
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly status: number;
  readonly result: string;
  readonly milliseconds: number;
}

export interface DistributionOptions {
  readonly id: string;
  readonly domainName: string;
  readonly config: DistributionConfig;
  readonly clock: CloudClock;
  readonly objects: ObjectEngine;
  cachePolicy(id: string): CachePolicy;
  originRequestPolicy(id: string): OriginRequestPolicy;
  responseHeadersPolicy(id: string): ResponseHeadersPolicy;
  edgeFunction(arn: string): EdgeFunction;
  target(domainName: string): OriginTarget | undefined;
  bucketAccess(bucket: string): BucketAccess;
  onRequest(line: CdnLine): void;
  onError(message: string): void;
}

export interface Distribution {
  readonly handle: HttpHandler;
  clearCache(): void;
  close(): void;
}

const CACHE_LIMIT_BYTES = 128 * 1024 * 1024;
/**
 * Path, query and headers, and the URL. The answer is a 413.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#RequestCustomMaxRequestStringLength
 */
const HEAD_LIMIT_BYTES = 20_480;
const URL_LIMIT_BYTES = 8192;

function isTooLarge(viewer: HttpRequest): boolean {
  const url = `https://${viewer.headers.get('host')?.[0] ?? ''}${viewer.target}`;
  return headBytes(viewer) > HEAD_LIMIT_BYTES || Buffer.byteLength(url) > URL_LIMIT_BYTES;
}

interface ResolvedBehavior extends Behavior {
  readonly cachePolicy: CachePolicy;
  readonly originRequestPolicy: OriginRequestPolicy | undefined;
  readonly responseHeadersPolicy: ResponseHeadersPolicy | undefined;
  readonly viewerRequest: EdgeFunction | undefined;
}

interface Answer {
  readonly response: OriginResponse;
  readonly result: CacheResult;
  /** Seconds since the edge received the response. */
  readonly age?: number;
}

/**
 * Simulates one CloudFront distribution with one edge location.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehavior.html
 *
 * @throws Error when the configuration names a missing origin or policy
 */
export function createDistribution(options: DistributionOptions): Distribution {
  const { config, clock } = options;
  const cache = createEdgeCache(CACHE_LIMIT_BYTES);
  const origins = createOrigins(options);
  const behaviors = config.behaviors.map(resolveBehavior);

  function resolveBehavior(behavior: Behavior): ResolvedBehavior {
    const { originRequestPolicyId, responseHeadersPolicyId, viewerRequestFunctionArn } = behavior;
    return {
      ...behavior,
      cachePolicy: options.cachePolicy(behavior.cachePolicyId),
      originRequestPolicy:
        originRequestPolicyId === undefined ? undefined : options.originRequestPolicy(originRequestPolicyId),
      responseHeadersPolicy:
        responseHeadersPolicyId === undefined
          ? undefined
          : options.responseHeadersPolicy(responseHeadersPolicyId),
      viewerRequest:
        viewerRequestFunctionArn === undefined ? undefined : options.edgeFunction(viewerRequestFunctionArn),
    };
  }

  function behaviorFor(path: string): ResolvedBehavior {
    const normalized = normalizePath(path);
    const found = behaviors.find(
      ({ pathPattern }) => pathPattern === undefined || matchesPathPattern(pathPattern, normalized),
    );
    if (found === undefined) throw new Error('A distribution has no default behavior');
    return found;
  }

  async function handle(viewer: HttpRequest): Promise<HttpResponse> {
    const started = performance.now();
    const requestId = randomUUID();
    const [path = '/'] = viewer.target.split('?');
    const behavior = behaviorFor(path);
    const { request, answer } = isTooLarge(viewer)
      ? {
          request: edgeRequest(viewer),
          answer: { response: plain(413, 'Request too large.\n'), result: 'Error' as const },
        }
      : await decide(edgeRequest(viewer), behavior, requestId);
    const response = finish({
      request,
      ...answer,
      requestId,
      compress: behavior.compress && behavior.cachePolicy.gzip,
      policy: behavior.responseHeadersPolicy,
      now: clock.now(),
    });
    options.onRequest({
      distribution: config.comment,
      method: viewer.method,
      path,
      status: response.status,
      result: answer.result,
      milliseconds: Math.round(performance.now() - started),
    });
    return response;
  }

  async function decide(
    viewer: EdgeRequest,
    behavior: ResolvedBehavior,
    requestId: string,
  ): Promise<{ request: EdgeRequest; answer: Answer }> {
    if (!behavior.methods.has(viewer.method)) {
      const message =
        'This distribution is not configured to allow the HTTP request method of this request.\n';
      return { request: viewer, answer: { response: plain(403, message), result: 'Error' } };
    }
    let request = viewer;
    if (behavior.viewerRequest !== undefined) {
      const context = { distributionId: options.id, distributionDomainName: options.domainName, requestId };
      try {
        const decision = await behavior.viewerRequest(viewer, context);
        if (decision.kind === 'response') {
          return { request, answer: { response: decision.response, result: 'FunctionGeneratedResponse' } };
        }
        request = decision.request;
      } catch (error) {
        options.onError(
          `The edge function failed: ${error instanceof Error ? error.message : String(error)}`,
        );
        const message = 'The CloudFront function associated with the CloudFront distribution is invalid.\n';
        return { request, answer: { response: plain(503, message), result: 'FunctionExecutionError' } };
      }
    }
    if (request.uri === '/') request = { ...request, uri: `/${config.defaultRootObject}` };
    const answer = await answerFor(request, behavior);
    return { request, answer: answer.response.status < 400 ? answer : await withErrorPage(answer) };
  }

  async function answerFor(request: EdgeRequest, behavior: ResolvedBehavior): Promise<Answer> {
    const { cachePolicy } = behavior;
    const toOrigin = () => originRequest(request, cachePolicy, behavior.originRequestPolicy);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return miss(await origins.fetch(behavior.targetOriginId, toOrigin()));
    }
    const key = cacheKey(request, cachePolicy);
    const cached = cache.get(key);
    if (cached !== undefined && clock.now() < cached.freshUntil) return hit(cached);
    const response = await origins.fetch(behavior.targetOriginId, toOrigin());
    if (response.status >= 400) return keepError(key, response, cached, cachePolicy);
    const result = cached !== undefined && isSame(cached, response) ? 'RefreshHit' : 'Miss';
    // The answer to a HEAD request has no body to cache.
    if (request.method === 'GET')
      keep(key, response, cacheSeconds(response.status, response.headers, cachePolicy, clock.now()));
    return { response, result };
  }

  /** While the origin fails, the cached answer stays, at most for the policy's maximum TTL. */
  function keepError(
    key: string,
    response: OriginResponse,
    cached: CachedResponse | undefined,
    policy: CachePolicy,
  ): Answer {
    const rule = config.errors.get(response.status);
    const now = clock.now();
    const isServable =
      cached !== undefined && cached.status < 400 && now - cached.storedAt < policy.maxTtl * 1000;
    if (response.status >= 500 && isServable) {
      cache.set(key, { ...cached, freshUntil: now + errorMinSeconds(rule) * 1000 });
      return hit(cached);
    }
    const seconds = errorCacheSeconds(response.status, response.headers, policy, rule);
    if (seconds > 0) keep(key, response, seconds);
    else if (response.status < 500) cache.delete(key);
    return { response, result: 'Error' };
  }

  function keep(key: string, response: OriginResponse, seconds: number): void {
    const now = clock.now();
    if (seconds <= 0) cache.delete(key);
    else cache.set(key, { ...response, storedAt: now, freshUntil: now + seconds * 1000 });
  }

  function hit(cached: CachedResponse): Answer {
    const age = Math.floor((clock.now() - cached.storedAt) / 1000);
    return { response: cached, result: cached.status >= 400 ? 'Error' : 'Hit', age };
  }

  /** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html */
  async function withErrorPage(answer: Answer): Promise<Answer> {
    const { status } = answer.response;
    const rule = config.errors.get(status);
    if (rule?.pagePath === undefined) return answer;
    const request: EdgeRequest = {
      method: 'GET',
      uri: rule.pagePath,
      query: [],
      headers: new Map(),
      cookies: [],
      body: Buffer.alloc(0),
      viewerIp: '127.0.0.1',
    };
    const page = await answerFor(request, behaviorFor(rule.pagePath));
    if (page.response.status >= 400) return answer;
    return { response: { ...page.response, status: rule.responseCode ?? status }, result: 'Error' };
  }

  return {
    handle,
    clearCache: () => cache.clear(),
    close: () => origins.close(),
  };
}

function miss(response: OriginResponse): Answer {
  return { response, result: response.status >= 400 ? 'Error' : 'Miss' };
}

/** Whether the origin's answer is the same as the cached one, by its validators. */
function isSame(cached: CachedResponse, response: OriginResponse): boolean {
  const etag = cached.headers.get('etag')?.[0];
  return etag !== undefined && etag === response.headers.get('etag')?.[0];
}

function plain(status: number, message: string): OriginResponse {
  return { status, headers: headersOf({ 'content-type': 'text/plain' }), body: Buffer.from(message) };
}

function edgeRequest(viewer: HttpRequest): EdgeRequest {
  const [uri = '/', ...query] = viewer.target.split('?');
  const headers = new Map(viewer.headers);
  headers.delete('cookie');
  return {
    method: viewer.method,
    uri,
    query: parseQuery(query.join('?')),
    headers,
    cookies: parseCookies(viewer.headers.get('cookie') ?? []),
    body: viewer.body,
    viewerIp: viewer.remoteAddress,
  };
}
