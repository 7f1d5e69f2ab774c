/** Interprets GitHub's responses: each failure becomes a ForgeError. */
import { z } from 'zod';
import { ForgeError } from '../errors.ts';
import {
  type AnswerHeaders,
  AnswerTooLargeError,
  headersSchema,
  LimitError,
  limitOf,
  OverloadError,
  refusedAddress,
} from '../http.ts';

/** GitHub understood the request but does not process it: 422. */
export class UnprocessableError extends ForgeError {
  override readonly name = 'UnprocessableError';
}

/**
 * The prefix of the headers about the budget: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export const budgetHeaders = 'x-ratelimit';

/** What is known of a failed request. */
export interface Failure {
  /** Undefined when there was no response. */
  readonly status: number | undefined;
  /** Lower-case names. */
  readonly headers: AnswerHeaders;
  /** GitHub's message, with credentials redacted, or why nothing was sent. */
  readonly message: string;
  /** Whether we, not GitHub, gave up. */
  readonly timedOut: boolean;
  /** Whether we stopped reading the response. */
  readonly isTooLarge?: boolean;
  /** Whether the request was for an installation token. */
  readonly tokenRequest: boolean;
}

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
    message: refusedAddress(error) ?? redact(githubMessage),
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
    return new LimitError(text, limitOf(headers, budgetHeaders, now));
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
      return new LimitError(text, limitOf(headers, budgetHeaders, now));
    }
    return rule.overload ? new OverloadError(rule.code, text) : new ForgeError(rule.code, text);
  }
  return new ForgeError('incomplete', `GitHub answered ${what} with an empty error list`);
}
