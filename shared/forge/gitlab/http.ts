/** Interprets GitLab's responses: each failure becomes a ForgeError. */
import { ForgeError, type ForgeErrorCode } from '../errors.ts';
import { type AnswerHeaders, errorWithoutAnswer, LimitError, limitOf, OverloadError } from '../http.ts';

/** The prefix of the headers about limits: https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/ */
export const budgetHeaders = 'ratelimit';

/** The ForgeError of a request without a response. */
export const noAnswer = (error: unknown, what: string): ForgeError =>
  errorWithoutAnswer('GitLab', error, what);

const codes: Readonly<Record<number, ForgeErrorCode>> = {
  401: 'credential-rejected',
  403: 'insufficient-scope',
  404: 'not-found',
  410: 'gone',
};

/**
 * The ForgeError that a response means. Its body is left out: it may repeat what was sent.
 * https://docs.gitlab.com/api/rest/troubleshooting/#status-codes
 *
 * @param now milliseconds since the epoch
 */
export function refusalOf(status: number, headers: AnswerHeaders, what: string, now: number): ForgeError {
  const text = `GitLab answered ${what} with ${status}`;
  if (status === 429) {
    return new LimitError(text, limitOf(headers, budgetHeaders, now));
  }
  // What a proxy in front of it answers when a request takes too long.
  if (status === 502 || status === 504) {
    return new OverloadError('unavailable', text);
  }
  if (status >= 500 || status === 408) {
    return new ForgeError('unavailable', text);
  }
  return new ForgeError(codes[status] ?? 'unexpected', text);
}

/**
 * The ForgeError of GraphQL errors in a 200. Any error makes the answer unusable.
 *
 * A query beyond the limit of complexity may work with smaller pages: https://docs.gitlab.com/api/graphql/#limits
 */
export function graphqlErrorOf(messages: readonly string[], what: string): ForgeError {
  const text = `GitLab answered ${what} with an error`;
  if (messages.some((message) => /complexity|timeout|timed out/i.test(message))) {
    return new OverloadError('unavailable', `${text}: the query is too large`);
  }
  return new ForgeError('incomplete', `${text}: ${messages[0]?.slice(0, 200) ?? 'none is named'}`);
}
