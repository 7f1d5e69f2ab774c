/** The stack of middleware that every function has, whatever invokes it: the log's context, what it takes, and what becomes of errors. */
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Logger } from './logger.ts';

export interface FunctionStack<Event, Result> {
  readonly logger: Logger;
  /** What it is that fails, as the log says it: static text. */
  readonly failure: string;
  /** By which lines of the log are found that belong together: the id that the outside knows this invocation by. */
  readonly correlationId?: (event: Event) => string | undefined;
  /** What the log says of the event beside a failure. Never a body, a token or a signature. */
  readonly fields?: (event: Event) => Readonly<Record<string, string>>;
  /** Refuses what the function does not take. @throws whatever `answerTo` knows */
  readonly check?: (event: Event) => void;
  /** The answer to an error that is not ours; undefined for all others, which are logged and fail the invocation. */
  readonly answerTo?: (error: unknown) => Result | undefined;
  /** The answer to an error of ours, where failing would answer nobody. It is logged all the same. */
  readonly answerToFailure?: () => Result;
}

/**
 * A handler in the stack. The middleware packages for HTTP of middy are not in it: API Gateway gives header names in lower case already,
 * and their error handler knows no problem details.
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
      // Request id, function and cold start on every line. The variable that makes Powertools log events has no effect.
      .use(injectLambdaContext(logger, { resetKeys: true, logEvent: false }))
      .before(({ event }) => {
        const id = correlationId?.(event);
        if (id !== undefined) {
          logger.setCorrelationId(id);
        }
        check?.(event);
      })
      .onError((request) => {
        // Set and not returned: an answer that is returned ends the stack, and the logger would keep this invocation's context.
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
