/** Error responses of routes, in the form that their clients read. */
import type { CallerError, CallerErrorCode } from '../domain/caller-error.ts';
import { type HttpAnswer, jsonAnswer } from './http-message.ts';
import { delaySecondsUntil } from './retries.ts';

export interface Problem {
  readonly status: number;
  readonly code: CallerErrorCode | 'too-large' | 'internal';
  /** A sentence for people. */
  readonly detail: string;
  /** Whole seconds. */
  readonly retryAfter?: number | undefined;
}

/**
 * Statuses by https://www.rfc-editor.org/rfc/rfc9110#section-15.5. `too-early` is a state that passes, so 409 too: 425 is about
 * early data of TLS (https://www.rfc-editor.org/rfc/rfc8470#section-5.2), and 503 would say that the server is in trouble.
 */
const statusOf: Readonly<Record<CallerErrorCode, number>> = {
  'not-found': 404,
  conflict: 409,
  invalid: 422,
  forbidden: 403,
  'too-early': 409,
};

/** @param now milliseconds since the epoch */
export function callerProblem({ code, message, notBefore }: CallerError, now: number): Problem {
  const retryAfter = notBefore === undefined ? undefined : delaySecondsUntil(notBefore, now);
  return { status: statusOf[code], code, detail: message, retryAfter };
}

/** @param bytesMax the route's limit */
export const tooLargeProblem = (bytesMax: number): Problem => ({
  status: 413,
  code: 'too-large',
  detail: `The body of this request is larger than ${bytesMax} bytes.`,
});

/** For a request that bypassed the CDN. */
export const notFromCdn: Problem = {
  status: 403,
  code: 'forbidden',
  detail: 'This address answers the CDN alone.',
};

/** An internal error: the response reveals nothing except that it is in the log. */
export const internalProblem: Problem = {
  status: 500,
  code: 'internal',
  detail: 'The registry failed on this request; its log says why.',
};

/** https://www.rfc-editor.org/rfc/rfc9110#section-15 */
const phrases: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
};

/**
 * Problem details for programs: https://www.rfc-editor.org/rfc/rfc9457. Without a `type` it is `about:blank`, whose title is the
 * status's phrase; the extension `code` distinguishes errors with the same status.
 */
export function problemAnswer({ status, code, detail, retryAfter }: Problem): HttpAnswer {
  return jsonAnswer(
    status,
    { title: phrases[status], status, detail, code },
    { 'content-type': 'application/problem+json', ...retryAfterHeader(retryAfter) },
  );
}

/** For Composer, which reads nothing of a JSON response but its `warning`. */
export const warningAnswer = ({ status, detail, retryAfter }: Problem): HttpAnswer =>
  jsonAnswer(status, { warning: detail }, retryAfterHeader(retryAfter));

const retryAfterHeader = (seconds: number | undefined): Record<string, string> =>
  seconds === undefined ? {} : { 'retry-after': String(seconds) };
