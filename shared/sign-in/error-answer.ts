import { callerErrorOf } from '../domain/conflict-error.ts';
import type { Clock } from '../runtime/clock.ts';
import type { HttpAnswer } from '../runtime/http-message.ts';
import type { Logger } from '../runtime/logger.ts';
import { pageAnswer } from '../runtime/page.ts';
import { callerProblem, internalProblem, ProblemError } from '../runtime/problem-details.ts';
import { problemPage } from './pages.ts';

/**
 * The page that says what went wrong. An internal error is logged and not thrown on: the answer may carry the cookies of a session that
 * was just refreshed, and without them the person would soon be signed out for using the replaced ones.
 */
export function errorAnswer(
  { clock, logger }: { readonly clock: Clock; readonly logger: Pick<Logger, 'error'> },
  error: unknown,
): HttpAnswer {
  const callerError = callerErrorOf(error);
  if (callerError !== undefined) {
    return pageAnswer(problemPage(callerProblem(callerError, clock.now())));
  }
  if (error instanceof ProblemError) {
    return pageAnswer(problemPage(error.problem));
  }
  logger.error('a request failed', { error: error as Error });
  return pageAnswer(problemPage(internalProblem));
}
