/** Error responses of routes, in the form that their clients read. */
import type { CallerError, CallerErrorCode } from '../domain/caller-error.ts';
import { type HttpAnswer, jsonAnswer } from './http-message.ts';
import { delaySecondsUntil } from './retries.ts';

/** What a request can be refused for before any use case hears of it. */
export const requestProblemStatuses = {
  /** The body is not what its media type says. */
  malformed: 400,
  unauthenticated: 401,
  /** The person has to prove again who he is. */
  'reauthentication-required': 403,
  /** Nothing proves that a page of ours sent it. */
  'cross-site': 403,
  'method-not-allowed': 405,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  'precondition-required': 428,
  'rate-limited': 429,
} as const;
export type RequestProblemCode = keyof typeof requestProblemStatuses;

/** One field of a request that is wrong. */
export interface FieldError {
  /** Into the body: https://www.rfc-editor.org/rfc/rfc6901 */
  readonly pointer?: string;
  /** In the query. */
  readonly parameter?: string;
  /** Never holds what was sent. */
  readonly detail: string;
}

export interface Problem {
  readonly status: number;
  readonly code: CallerErrorCode | RequestProblemCode | 'internal';
  /** A sentence for people. */
  readonly detail: string;
  /** Whole seconds. */
  readonly retryAfter?: number | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Refuses a request. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** @throws ProblemError always */
export function refuse(
  code: RequestProblemCode,
  detail: string,
  more: Pick<Problem, 'errors' | 'headers' | 'retryAfter'> = {},
): never {
  throw new ProblemError({ status: requestProblemStatuses[code], code, detail, ...more });
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
export function callerProblem({ code, message, notBefore, errors }: CallerError, now: number): Problem {
  const retryAfter = notBefore === undefined ? undefined : delaySecondsUntil(notBefore, now);
  return { status: statusOf[code], code, detail: message, retryAfter, errors };
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
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

/**
 * Problem details for programs: https://www.rfc-editor.org/rfc/rfc9457. Without a `type` it is `about:blank`, whose title is the
 * status's phrase; the extension `code` distinguishes errors with the same status.
 */
export function problemAnswer({ status, code, detail, retryAfter, errors, headers }: Problem): HttpAnswer {
  return jsonAnswer(
    status,
    { title: phrases[status], status, detail, code, errors },
    { 'content-type': 'application/problem+json', ...retryAfterHeader(retryAfter), ...headers },
  );
}

/** For Composer, which reads nothing of a JSON response but its `warning`. */
export const warningAnswer = ({ status, detail, retryAfter }: Problem): HttpAnswer =>
  jsonAnswer(status, { warning: detail }, retryAfterHeader(retryAfter));

const retryAfterHeader = (seconds: number | undefined): Record<string, string> =>
  seconds === undefined ? {} : { 'retry-after': String(seconds) };
