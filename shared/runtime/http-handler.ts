/** Composes the handler of an HTTP route. */

import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { callerErrorOf } from '../domain/conflict-error.ts';
import { systemClock } from './clock.ts';
import { functionHandler } from './function-handler.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';
import type { Logger } from './logger.ts';
import {
  callerProblem,
  internalProblem,
  notFromCdn,
  type Problem,
  tooLargeProblem,
  warningAnswer,
} from './problem-details.ts';

/**
 * The maximum for any route: Lambda accepts events of 6 MB, in which a binary body has grown by a third, and API Gateway 10 MB.
 * Both reject larger ones themselves. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const eventBytesMax = 6 * 1024 * 1024;

export interface HttpHandlerOptions {
  readonly logger: Logger;
  /** Bytes; larger bodies are rejected before anything reads them. */
  readonly bodyBytesMax: number;
  /** The form in which the route's clients read errors. */
  readonly answerProblem?: (problem: Problem) => HttpAnswer;
  /** Whether the request came through the CDN (shared/composition/origin-secret.ts). Others are refused. */
  readonly isFromCdn: (request: HttpRequest) => Promise<boolean>;
}

class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

export function httpHandler(
  { logger, bodyBytesMax, answerProblem = warningAnswer, isFromCdn }: HttpHandlerOptions,
  handle: (request: HttpRequest) => Promise<HttpAnswer>,
) {
  return functionHandler<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(
    {
      logger,
      failure: 'a request failed',
      correlationId: (event) => event.requestContext.requestId,
      fields: (event) => ({ path: event.rawPath }),
      check(event) {
        if (bodyBytes(event) > bodyBytesMax) {
          throw new TooLargeError();
        }
      },
      answerTo(error) {
        if (error instanceof TooLargeError) {
          return toResult(answerProblem(tooLargeProblem(bodyBytesMax)));
        }
        const callerError = callerErrorOf(error);
        return callerError && toResult(answerProblem(callerProblem(callerError, systemClock.now())));
      },
      answerToFailure: () => toResult(answerProblem(internalProblem)),
    },
    async (event) => {
      const request = toRequest(event);
      const answer = toResult((await isFromCdn(request)) ? await handle(request) : answerProblem(notFromCdn));
      // HEAD is answered like GET, without the body: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2
      return event.requestContext.http.method === 'HEAD' ? withoutBody(answer) : answer;
    },
  );
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, payload format 2.0 */
function toRequest(event: APIGatewayProxyEventV2): HttpRequest {
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    parameters: event.pathParameters ?? {},
    // Not `queryStringParameters`, which joins values of the same name by commas.
    query: new URLSearchParams(event.rawQueryString),
    headers: event.headers,
    cookies: cookiesOf(event.cookies ?? []),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1; around it only blanks and tabs may stand. */
const cookiePattern = /^[ \t]*([!#$%&'*+.^_`|~\w-]+)=(.*?)[ \t]*$/;

/**
 * For two cookies of the same name browsers send the one with the longer path first:
 * https://www.rfc-editor.org/rfc/rfc6265#section-5.4
 *
 * Names are not trimmed of more than RFC 6265 allows: to a browser a name that begins with another space has no `__Host-` prefix, so a
 * neighbouring host could set it.
 */
export function cookiesOf(pairs: readonly string[]): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of pairs) {
    const [, name, value] = cookiePattern.exec(pair) ?? [];
    if (name !== undefined && value !== undefined && !cookies.has(name)) {
      cookies.set(name, value);
    }
  }
  return cookies;
}

/** How long the body is that the event carries. */
export function bodyBytes({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): number {
  return Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8');
}

const toResult = ({ status, headers, cookies, body }: HttpAnswer): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { ...headers },
  ...(cookies === undefined ? {} : { cookies: [...cookies] }),
  ...(body === undefined ? {} : { body }),
});

function withoutBody({ body: _, ...rest }: APIGatewayProxyStructuredResultV2) {
  return rest;
}
