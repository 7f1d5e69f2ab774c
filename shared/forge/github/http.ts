/** Interprets GitHub's responses: each failure becomes a ForgeError. */
import { z } from 'zod';
import { ForgeError } from '../errors.ts';

/** The time-out of a response, its body included; GitHub itself gives up on a GraphQL query after 10 s. */
export const answerTimeoutMs = 15_000;

/**
 * The most bytes of a response that are read. Far more than any list has; a query for many manifests, each of at most 1 MB, is asked again
 * in smaller portions, as after a time-out.
 */
export const answerBytesMax = 32 * 1024 * 1024;

/** A response is larger than what we read. */
class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

/** GitHub gave up on a request because of its size: a smaller one may work. */
export class OverloadError extends ForgeError {
  override readonly name = 'OverloadError';
}

/** GitHub understood the request but does not process it: 422. */
export class UnprocessableError extends ForgeError {
  override readonly name = 'UnprocessableError';
}

/** GitHub's rate limit was met. */
export class LimitError extends ForgeError {
  override readonly name = 'LimitError';
  /** Whether GitHub stated when the limit ends. */
  readonly isNamed: boolean;

  constructor(message: string, { notBefore, isNamed }: Limit) {
    super('rate-limited', message, { notBefore });
    this.isNamed = isNamed;
  }
}

/**
 * A fetch for the API. It has a time-out and reads the whole body, so that a truncated response is an error and never a partial one; so is one
 * above `bytesMax`, of which no more is read. It does not follow redirects.
 */
export function createApiFetch(
  send: typeof fetch,
  timeoutMs = answerTimeoutMs,
  bytesMax = answerBytesMax,
): typeof fetch {
  return async (input, init) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    const response = await send(input, { ...init, signal, redirect: 'manual' });
    const body = await bodyOf(response, bytesMax);
    return new Response(body.byteLength === 0 ? null : body, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

/** @throws AnswerTooLargeError */
async function bodyOf({ body }: Response, bytesMax: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop by an error cancels the stream.
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) {
      throw new AnswerTooLargeError(`the answer is larger than ${bytesMax} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What is known of a failed request. */
export interface Failure {
  /** Undefined when there was no response. */
  readonly status: number | undefined;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** GitHub's message, with credentials redacted. */
  readonly message: string;
  /** Whether we, not GitHub, gave up. */
  readonly timedOut: boolean;
  /** Whether we stopped reading the response. */
  readonly isTooLarge?: boolean;
  /** Whether the request was for an installation token. */
  readonly tokenRequest: boolean;
}

/** Headers by lower-case names, as text. */
export const headersSchema = z
  .record(z.string(), z.unknown())
  .transform((headers) =>
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name.toLowerCase(),
        value === undefined ? undefined : String(value),
      ]),
    ),
  );

/** The fields of octokit's RequestError that we use. */
const requestErrorSchema = z.object({
  message: z.string(),
  response: z.object({ status: z.int(), headers: headersSchema, data: z.unknown().optional() }).optional(),
  request: z.object({ url: z.string() }).optional(),
  cause: z.unknown().optional(),
});
const bodySchema = z.object({ message: z.string() });

/** Extracts the failure from octokit's error; any other error counts as no response. */
export function failureOf(error: unknown, redact: (text: string) => string): Failure {
  const parsed = requestErrorSchema.safeParse(error);
  const response = parsed.data?.response;
  const body = bodySchema.safeParse(response?.data);
  const githubMessage = response ? (body.data?.message ?? '') : (parsed.data?.message ?? String(error));
  const causes = [error, parsed.data?.cause];
  return {
    status: response?.status,
    headers: response?.headers ?? {},
    message: redact(githubMessage),
    timedOut: causes.some((cause) => cause instanceof Error && cause.name === 'TimeoutError'),
    isTooLarge: causes.some((cause) => cause instanceof AnswerTooLargeError),
    tokenRequest: parsed.data?.request?.url.endsWith('/access_tokens') ?? false,
  };
}

/**
 * The ForgeError that a failure means.
 *
 * Statuses and headers: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api and
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 *
 * @param what names the request without a credential: a route or the name of a query
 * @param now milliseconds
 */
export function forgeErrorOf(failure: Failure, what: string, now: number): ForgeError {
  const { status, headers, message } = failure;
  const text = `GitHub answered ${what} with ${status}${message === '' ? '' : `: ${message}`}`;
  if (failure.isTooLarge) {
    return new OverloadError('unavailable', `GitHub's answer to ${what} is too large`);
  }
  if (status === undefined) {
    return failure.timedOut
      ? new OverloadError('unavailable', `GitHub did not answer ${what} in time`)
      : new ForgeError('unavailable', `the request to GitHub failed: ${what}: ${message}`);
  }
  // GitHub's statuses for a query that takes too long; a smaller one may work.
  if (status === 502 || status === 504) {
    return new OverloadError('unavailable', text);
  }
  if (status >= 500 || status === 408) {
    return new ForgeError('unavailable', text);
  }
  if ((status === 403 || status === 429) && isRateLimit(failure)) {
    return new LimitError(text, limitOf(headers, now));
  }
  if (failure.tokenRequest && (status === 403 || status === 404)) {
    // The app was uninstalled (404) or suspended (403).
    return new ForgeError('credential-rejected', text);
  }
  if (status === 403 && headers['x-github-sso'] !== undefined) {
    return new ForgeError('sso-required', text);
  }
  if (status === 403 && /suspended/i.test(message)) {
    return new ForgeError('credential-rejected', text);
  }
  // Blocked by GitHub's staff: no permission would help.
  if (status === 403 && /access blocked/i.test(message)) {
    return new ForgeError('unexpected', text);
  }
  switch (status) {
    case 401:
      return new ForgeError('credential-rejected', text);
    case 403:
      return new ForgeError('insufficient-scope', text);
    case 404:
      return new ForgeError('not-found', text);
    case 422:
      return new UnprocessableError('unexpected', text);
    case 410:
      return new ForgeError('gone', text);
    default:
      return new ForgeError('unexpected', text);
  }
}

function isRateLimit({ status, headers, message }: Failure): boolean {
  return (
    status === 429 ||
    headers['retry-after'] !== undefined ||
    headers['x-ratelimit-remaining'] === '0' ||
    /rate limit|abuse detection/i.test(message)
  );
}

/**
 * The longest wait for a limit: primary limits end within the hour, secondary ones sooner. A bogus time far in the future would stop all
 * work. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export const longestWaitMs = 2 * 3600_000;

/** The wait when no end is stated: "wait for at least one minute before retrying". */
const defaultWaitMs = 60_000;

interface Limit {
  /** Milliseconds since the epoch, later than now. */
  readonly notBefore: number;
  readonly isNamed: boolean;
}

/** When to retry: after `retry-after` (seconds or a date), else at the reset of the spent budget, else in a minute. */
function limitOf(headers: Failure['headers'], now: number): Limit {
  const retryAfter = headers['retry-after'];
  const named =
    retryAfter === undefined
      ? headers['x-ratelimit-remaining'] === '0'
        ? Number(headers['x-ratelimit-reset']) * 1000
        : Number.NaN
      : /^\d+$/.test(retryAfter)
        ? now + Number(retryAfter) * 1000
        : Date.parse(retryAfter);
  return Number.isFinite(named)
    ? { notBefore: Math.min(Math.max(named, now + 1000), now + longestWaitMs), isNamed: true }
    : { notBefore: now + defaultWaitMs, isNamed: false };
}

const graphqlErrorSchema = z.object({
  message: z.string().catch(''),
  type: z.string().optional().catch(undefined),
  path: z
    .array(z.union([z.string(), z.number()]))
    .optional()
    .catch(undefined),
  extensions: z.object({ saml_failure: z.boolean().optional() }).optional().catch(undefined),
});
export const graphqlErrorsSchema = z.array(graphqlErrorSchema).optional();
export type GraphqlError = z.infer<typeof graphqlErrorSchema>;

/** How each GraphQL error is mapped. The first row that fits one of the errors decides, because it explains the others. */
const graphqlRules: readonly {
  readonly fits: (error: GraphqlError) => boolean;
  readonly code: ForgeError['code'];
  readonly overload?: boolean;
}[] = [
  {
    fits: (error) => /^RATE_LIMIT(ED)?$/.test(error.type ?? '') || /rate limit/i.test(error.message),
    code: 'rate-limited',
  },
  { fits: (error) => error.extensions?.saml_failure === true, code: 'sso-required' },
  { fits: (error) => /^(FORBIDDEN|INSUFFICIENT_SCOPES)$/.test(error.type ?? ''), code: 'insufficient-scope' },
  // Partial data: https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
  {
    fits: (error) => /^(RESOURCE_LIMITS_EXCEEDED|MAX_NODE_LIMIT_EXCEEDED)$/.test(error.type ?? ''),
    code: 'incomplete',
    overload: true,
  },
  // "This may be the result of a timeout, or it could be a GitHub bug."
  {
    fits: (error) => /something went wrong while executing your query|timeout/i.test(error.message),
    code: 'unavailable',
    overload: true,
  },
  // The root object itself; if something below it is not found, the page is only incomplete.
  { fits: (error) => error.type === 'NOT_FOUND' && error.path?.length === 1, code: 'not-found' },
  { fits: () => true, code: 'incomplete' },
];

/** The ForgeError for GraphQL errors in a 200. Any error makes the response unusable. */
export function graphqlErrorOf(
  errors: readonly GraphqlError[],
  headers: Failure['headers'],
  what: string,
  now: number,
  redact: (text: string) => string,
): ForgeError {
  for (const rule of graphqlRules) {
    const error = errors.find((candidate) => rule.fits(candidate));
    if (error === undefined) {
      continue;
    }
    const text = redact(`GitHub answered ${what} with ${error.type ?? 'an error'}: ${error.message}`);
    if (rule.code === 'rate-limited') {
      return new LimitError(text, limitOf(headers, now));
    }
    return rule.overload ? new OverloadError(rule.code, text) : new ForgeError(rule.code, text);
  }
  return new ForgeError('incomplete', `GitHub answered ${what} with an empty error list`);
}
