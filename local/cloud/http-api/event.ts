import type { HttpRequest } from '../runtime/listen.ts';
import { decode } from './routes.ts';

export interface EventContext {
  readonly apiId: string;
  readonly accountId: string;
  readonly domainName: string;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The event of an HTTP API in payload format 2.0.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpApiEvent(request: HttpRequest, context: EventContext): object {
  const [encodedPath = '/', ...queryParts] = request.target.split('?');
  const rawQueryString = queryParts.join('?');
  // Despite its name not raw: API Gateway decodes it and cuts it off at a decoded question mark. Live captures:
  // https://github.com/hotsock/voker/pull/8
  const rawPath = decode(encodedPath).split('?')[0] ?? '/';
  const cookies = (request.headers.get('cookie') ?? [])
    .flatMap((header) => header.split(/;\s*/))
    .filter(Boolean);
  const query = queryStringParameters(rawQueryString);
  return {
    version: '2.0',
    routeKey: context.routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers: joinedHeaders(request, context.domainName),
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId: context.accountId,
      apiId: context.apiId,
      domainName: context.domainName,
      domainPrefix: context.apiId,
      http: {
        method: request.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.remoteAddress,
        userAgent: request.headers.get('user-agent')?.[0] ?? '',
      },
      requestId: context.requestId,
      routeKey: context.routeKey,
      stage: '$default',
      time: logTime(context.now),
      timeEpoch: Math.floor(context.now),
    },
    ...(Object.keys(context.pathParameters).length > 0 && { pathParameters: context.pathParameters }),
    ...body(request),
  };
}

function joinedHeaders(request: HttpRequest, domainName: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of request.headers) {
    if (name !== 'cookie' && name !== 'connection' && name !== 'transfer-encoding')
      headers[name] = values.join(',');
  }
  const forwardedFor = request.headers.get('x-forwarded-for') ?? [];
  return {
    ...headers,
    host: domainName,
    'x-forwarded-for': [...forwardedFor, request.remoteAddress].join(', '),
    'x-forwarded-port': '443',
    'x-forwarded-proto': 'https',
  };
}

function queryStringParameters(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === '') return undefined;
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const earlier = parameters[name];
    parameters[name] = earlier === undefined ? value : `${earlier},${value}`;
  }
  return parameters;
}

/** Only bodies of these content types are text; even forms are sent as base64. */
const textTypes = /^(?:text\/|application\/(?:json|javascript|xml)\b|application\/[\w.-]+\+(?:json|xml)\b)/i;

function body(request: HttpRequest): { body?: string; isBase64Encoded: boolean } {
  if (request.body.length === 0) return { isBase64Encoded: false };
  const isText = textTypes.test(request.headers.get('content-type')?.[0] ?? '');
  return { body: request.body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

/** `12/Mar/2020:19:03:58 +0000` */
function logTime(now: number): string {
  const [, day = '', month = '', year = '', time = ''] = new Date(now).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
