/** Interprets Bitbucket's responses: each failure becomes a ForgeError. */
import { z } from 'zod';
import { ForgeError, type ForgeErrorCode } from '../errors.ts';
import { type AnswerHeaders, errorWithoutAnswer, LimitError, limitOf, OverloadError } from '../http.ts';

/** The prefix of the headers about limits, which come with scaled limits only. */
export const budgetHeaders = 'x-ratelimit';

/** The ForgeError of a request without a response. */
export const noAnswer = (error: unknown, what: string): ForgeError =>
  errorWithoutAnswer('Bitbucket', error, what);

const codes: Readonly<Record<number, ForgeErrorCode>> = {
  401: 'credential-rejected',
  403: 'insufficient-scope',
  404: 'not-found',
};

const messageSchema = z.object({ error: z.object({ message: z.string() }) });
const scopesSchema = z.object({
  error: z.object({ detail: z.object({ required: z.array(z.string()), granted: z.array(z.string()) }) }),
});

/**
 * The ForgeError that a response means. 410 has two meanings: an API that was removed, which names its announcement, and an account that was
 * marked as spam, of which the message says so. A body with neither says nothing about the credential. 555 is a request that took too long.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#standardized-error-responses
 *
 * @param body JSON, or undefined for any other
 * @param now milliseconds since the epoch
 */
export function refusalOf(
  status: number,
  headers: AnswerHeaders,
  what: string,
  now: number,
  body?: unknown,
): ForgeError {
  const text = `Bitbucket answered ${what} with ${status}`;
  if (status === 429) {
    return new LimitError(text, limitOf(headers, budgetHeaders, now));
  }
  if (status === 410) {
    return /\bspam\b/i.test(messageSchema.safeParse(body).data?.error.message ?? '')
      ? new ForgeError('credential-rejected', `${text}: Bitbucket takes the account for spam`)
      : new ForgeError('gone', `${text}: this API was removed`);
  }
  if (status === 555 || status === 502 || status === 504) {
    return new OverloadError('unavailable', text);
  }
  if (status >= 500 || status === 408) {
    return new ForgeError('unavailable', text);
  }
  const { required = [], granted = [] } = scopesSchema.safeParse(body).data?.error.detail ?? {};
  const missing = required.filter((scope) => !granted.includes(scope));
  const why = missing.length > 0 ? `: the credential lacks ${missing.join(', ')}` : '';
  return new ForgeError(codes[status] ?? 'unexpected', `${text}${why}`);
}
