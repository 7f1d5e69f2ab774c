import { randomUUID } from 'node:crypto';
import type { Outcome } from '../functions/host.ts';
import { type HttpHandler, type HttpRequest, type HttpResponse, headersOf } from '../runtime/listen.ts';
import { lineAndValueBytes } from '../runtime/request-size.ts';
import type { CloudClock } from '../runtime/service.ts';
import { httpApiEvent } from './event.ts';
import { httpApiResponse } from './response.ts';
import { matchRoute, type Route } from './routes.ts';
import { createThrottle, type ThrottleLimits } from './throttle.ts';

/** The function behind a route. */
export interface Integration {
  readonly functionName: string;
  /** At most 30 s. */
  readonly timeoutMs: number;
}

export interface HttpApiOptions {
  readonly apiId: string;
  readonly accountId: string;
  readonly domainName: string;
  /** Host and port of the API on this machine. */
  readonly localHost: string;
  readonly routes: readonly Route<Integration>[];
  readonly clock: CloudClock;
  /** Of the stage, for all routes together that have none of their own; without them it takes any number of requests. */
  readonly limits?: ThrottleLimits | undefined;
  /** By route key. */
  readonly routeLimits?: ReadonlyMap<string, ThrottleLimits>;
  /** Invokes a function and waits; undefined if it is throttled. */
  invoke(functionName: string, payload: string): Promise<Outcome | undefined>;
}

/** Request line and values of headers. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const HEAD_LIMIT_BYTES = 10_240;
/** As above. */
const PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const FUNCTION_PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;

/** An HTTP API with its default stage: finds the route, invokes the function, and turns its answer into a response. */
export function createHttpApi(options: HttpApiOptions): HttpHandler {
  const isWithinLimits = options.limits && createThrottle(options.limits, options.clock);
  const throttles = new Map(
    [...(options.routeLimits ?? [])].map(([key, limits]) => [key, createThrottle(limits, options.clock)]),
  );
  return async (request) => {
    const requestId = randomUUID();
    const response = await respond(request, requestId);
    return { ...response, headers: new Map([...response.headers, ['apigw-requestid', [requestId]]]) };
  };

  async function respond(request: HttpRequest, requestId: string): Promise<HttpResponse> {
    const host = request.headers.get('host')?.[0] ?? '';
    if (host !== options.domainName && host !== options.localHost) return failure(403, 'Forbidden');
    if (lineAndValueBytes(request) > HEAD_LIMIT_BYTES) return failure(431, 'Request Header Fields Too Large');
    const [path = '/'] = request.target.split('?');
    const match = matchRoute(options.routes, request.method, path);
    const takes = throttles.get(match?.route.routeKey ?? '') ?? isWithinLimits;
    if (takes?.() === false) return failure(429, 'Too Many Requests');
    if (match === undefined) return failure(404, 'Not Found');
    const { route, pathParameters } = match;
    const event = httpApiEvent(request, {
      apiId: options.apiId,
      accountId: options.accountId,
      domainName: options.domainName,
      routeKey: route.routeKey,
      pathParameters,
      requestId,
      now: options.clock.now(),
    });
    const payload = JSON.stringify(event);
    if (
      request.body.length > PAYLOAD_LIMIT_BYTES ||
      Buffer.byteLength(payload) > FUNCTION_PAYLOAD_LIMIT_BYTES
    ) {
      return failure(413, 'Request Entity Too Large');
    }
    const outcome = await withinTime(
      options.invoke(route.target.functionName, payload),
      route.target.timeoutMs,
    );
    if (outcome === 'late' || outcome === undefined) return failure(503, 'Service Unavailable');
    const response = outcome.kind === 'result' ? httpApiResponse(outcome.payload) : undefined;
    return response ?? failure(500, 'Internal Server Error');
  }
}

function failure(status: number, message: string): HttpResponse {
  const headers = headersOf({ 'content-type': 'application/json' });
  return { status, headers, body: Buffer.from(JSON.stringify({ message })) };
}

/** Waits up to the limit. The function continues after that, as it does behind API Gateway. */
async function withinTime<T>(work: Promise<T>, limitMs: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
