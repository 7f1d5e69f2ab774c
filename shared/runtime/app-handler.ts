/** Composes the handler of a function whose routes are an app of their own. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Env, Hono } from 'hono';
import { handle, type LambdaContext } from 'hono/aws-lambda';
import { functionHandler } from './function-handler.ts';
import type { Logger } from './logger.ts';
import { internalProblem, type Problem, problemAnswer, requestProblemStatuses } from './problem-details.ts';

/** A `Request` can have no other than a method of these and no forbidden one: https://fetch.spec.whatwg.org/#methods */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * The handler that gives events of an HTTP API to the app. The app answers its own errors; what fails here is answered with problem
 * details too.
 *
 * @param appOf the app of this moment
 */
export function appHandler<Environment extends Env>(
  { logger }: { readonly logger: Logger },
  appOf: () => Promise<Hono<Environment>>,
) {
  return functionHandler<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(
    {
      logger,
      failure: 'a request failed',
      correlationId: (event) => event.requestContext.requestId,
      fields: (event) => ({ path: event.rawPath }),
      answerToFailure: () => toResult(internalProblem),
    },
    async (event, context) => {
      const { method } = event.requestContext.http;
      if (!methods.has(method)) {
        return toResult(unknownMethod);
      }
      // Content of a GET means nothing, and a `Request` cannot have it: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.1
      const taken = method === 'GET' || method === 'HEAD' ? { ...event, body: undefined } : event;
      // Every answer is text; others would have to be sent in base64.
      const answer = handle(await appOf(), { isContentTypeBinary: () => false });
      return answer(
        taken as unknown as Parameters<typeof answer>[0],
        context as unknown as LambdaContext,
      ) as Promise<APIGatewayProxyStructuredResultV2>;
    },
  );
}

const unknownMethod: Problem = {
  status: requestProblemStatuses['method-not-allowed'],
  code: 'method-not-allowed',
  detail: 'There is no such method here.',
};

function toResult(problem: Problem): APIGatewayProxyStructuredResultV2 {
  const { status, headers, body } = problemAnswer(problem);
  return { statusCode: status, headers: { ...headers }, ...(body === undefined ? {} : { body }) };
}
