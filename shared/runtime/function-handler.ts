/** The middleware of every function, whatever invokes it: log context, input checks, and error handling. */
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Logger } from './logger.ts';

export interface FunctionStack<Event, Result> {
  readonly logger: Logger;
  /** The log message for a failure: static text. */
  readonly failure: string;
  /** The id by which the caller knows this invocation, on every line of its log. */
  readonly correlationId?: (event: Event) => string | undefined;
  /** Fields of the event to log with a failure. Never a body, a token or a signature. */
  readonly fields?: (event: Event) => Readonly<Record<string, string>>;
  /** Rejects unacceptable events. @throws errors that `answerTo` handles */
  readonly check?: (event: Event) => void;
  /** The response to an error that is not ours; undefined for all others, which are logged and fail the invocation. */
  readonly answerTo?: (error: unknown) => Result | undefined;
  /** The response to an internal error, where a failed invocation would answer nobody. It is logged all the same. */
  readonly answerToFailure?: () => Result;
}

/**
 * Wraps a handler in the middleware. It does not include middy's HTTP packages: API Gateway already gives header names in lower
 * case, and their error handler does not support problem details.
 *
 * @param handle the function's work
 */
export function functionHandler<Event, Result>(
  stack: FunctionStack<Event, Result>,
  handle: (event: Event, context: Context) => Promise<Result>,
) {
  const { logger, correlationId, check } = stack;
  return (
    middy<Event, Result>(handle)
      // Request id, function and cold start on every line. `logEvent: false` overrides the variable that makes Powertools log
      // events.
      .use(injectLambdaContext(logger, { resetKeys: true, logEvent: false }))
      .before(({ event }) => {
        const id = correlationId?.(event);
        if (id !== undefined) {
          logger.setCorrelationId(id);
        }
        check?.(event);
      })
      .onError((request) => {
        // Set and not returned: a returned response skips the remaining middleware, and the logger would keep this invocation's
        // context.
        request.response = answerFor(stack, request.event, request.error);
      })
  );
}

/** @returns undefined to fail the invocation */
function answerFor<Event, Result>(
  { logger, failure, fields, answerTo, answerToFailure }: FunctionStack<Event, Result>,
  event: Event,
  error: unknown,
): Result | undefined {
  const answer = answerTo?.(error);
  if (answer !== undefined) {
    return answer;
  }
  logger.error(failure, { ...fields?.(event), error: error as Error });
  return answerToFailure?.();
}
