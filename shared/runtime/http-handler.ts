/** Composes the handler of an HTTP route. */

import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Logger } from './logger.ts';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The raw bytes. */
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A JSON answer that nobody caches. The content type is exact: Composer prints warnings of no other. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

export function httpHandler(
  { logger }: { readonly logger: Logger },
  handle: (request: HttpRequest) => Promise<HttpAnswer>,
) {
  return middy(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const request: HttpRequest = {
      method: event.requestContext.http.method,
      path: event.rawPath,
      parameters: event.pathParameters ?? {},
      headers: event.headers,
      body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    };
    let answer: HttpAnswer;
    try {
      answer = await handle(request);
    } catch (error) {
      logger.error('a request failed', { error: error as Error, path: request.path });
      answer = jsonAnswer(500, { warning: 'The registry failed on this request; its log says why.' });
    }
    return {
      statusCode: answer.status,
      headers: { ...answer.headers },
      // HEAD is answered like GET, without the body: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2
      ...(answer.body === undefined || request.method === 'HEAD' ? {} : { body: answer.body }),
    };
  });
}
