/** What the adapters' requests have in common. */
import { z } from 'zod';
import { RefusedAddressError } from '../runtime/guarded-fetch.ts';
import { ForgeError } from './errors.ts';

/** The time-out of a response, its body included. */
export const answerTimeoutMs = 15_000;

/**
 * The most bytes of a response that are read. Far more than any list has; a query for many manifests, each of at most 1 MB, is asked again
 * in smaller portions, as after a time-out.
 */
export const answerBytesMax = 32 * 1024 * 1024;

/** A response is larger than what we read. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

/** The forge gave up on a request because of its size: a smaller one may work. */
export class OverloadError extends ForgeError {
  override readonly name = 'OverloadError';
}

/** A rate limit of the forge was met. */
export class LimitError extends ForgeError {
  override readonly name = 'LimitError';
  /** Whether the forge stated when the limit ends. */
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
  return fetchWith(send, timeoutMs, async (response) => {
    const body = await beginningOf(response, bytesMax);
    if (body.byteLength > bytesMax) {
      throw new AnswerTooLargeError(`the answer is larger than ${bytesMax} bytes`);
    }
    return body;
  });
}

/** As `createApiFetch`, for files: of one above `bytesMax` it gives the beginning, with a few bytes more, instead of an error. */
export const createFileFetch = (send: typeof fetch, bytesMax: number): typeof fetch =>
  fetchWith(send, answerTimeoutMs, (response) => beginningOf(response, bytesMax));

function fetchWith(
  send: typeof fetch,
  timeoutMs: number,
  bodyOf: (response: Response) => Promise<Buffer<ArrayBuffer>>,
): typeof fetch {
  return async (input, init) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    const response = await send(input, { ...init, signal, redirect: 'manual' });
    const body = await bodyOf(response);
    return new Response(body.byteLength === 0 ? null : body, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

/** The whole body, or if it is longer than `bytesMax` its beginning, which is longer too. */
async function beginningOf({ body }: Response, bytesMax: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > bytesMax) {
      // Leaving the loop cancels the stream.
      break;
    }
  }
  return Buffer.concat(chunks);
}

/** Why a request was not sent, as text for owners, where the address was refused; undefined for any other error. Looks at the causes too. */
export function refusedAddress(error: unknown): string | undefined {
  let one = error;
  while (one instanceof Error && !(one instanceof RefusedAddressError)) {
    one = one.cause;
  }
  return one instanceof Error ? one.message : undefined;
}

/** The ForgeError of a request without a response. @param forge its name */
export function errorWithoutAnswer(forge: string, error: unknown, what: string): ForgeError {
  if (error instanceof ForgeError) {
    return error;
  }
  if (error instanceof AnswerTooLargeError) {
    return new OverloadError('unavailable', `${forge}'s answer to ${what} is too large`);
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new OverloadError('unavailable', `${forge} did not answer ${what} in time`);
  }
  const refused = refusedAddress(error);
  const why = refused === undefined ? '' : `: ${refused}`;
  return new ForgeError('unavailable', `the request to ${forge} failed: ${what}${why}`);
}

/** Headers by lower-case names. */
export type AnswerHeaders = Readonly<Record<string, string | undefined>>;

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

/** The longest wait for a limit. A bogus time far in the future would stop all work. */
export const longestWaitMs = 2 * 3600_000;

/** The wait when no end is stated. */
const defaultWaitMs = 60_000;

export interface Limit {
  /** Milliseconds since the epoch, later than now. */
  readonly notBefore: number;
  readonly isNamed: boolean;
}

/**
 * When to retry: after `retry-after` (seconds or a date), else at the reset of the spent budget, else in a minute.
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 *
 * @param prefix of the headers about the budget: `<prefix>-remaining`, and `<prefix>-reset` in seconds since the epoch
 */
export function limitOf(headers: AnswerHeaders, prefix: string, now: number): Limit {
  const retryAfter = headers['retry-after'];
  const named =
    retryAfter === undefined
      ? headers[`${prefix}-remaining`] === '0'
        ? Number(headers[`${prefix}-reset`]) * 1000
        : Number.NaN
      : /^\d+$/.test(retryAfter)
        ? now + Number(retryAfter) * 1000
        : Date.parse(retryAfter);
  return Number.isFinite(named)
    ? { notBefore: Math.min(Math.max(named, now + 1000), now + longestWaitMs), isNamed: true }
    : { notBefore: now + defaultWaitMs, isNamed: false };
}

/**
 * Validates an answer. The error names the paths that do not match, but no values.
 *
 * @param of the forge and what it was asked, as the beginning of a sentence
 * @throws ForgeError `incomplete`
 */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
  of: string,
): z.infer<Schema> {
  const result = schema.safeParse(data);
  if (!result.success) {
    const places = result.error.issues.slice(0, 3).map(({ path }) => path.join('.') || '(the whole)');
    throw new ForgeError('incomplete', `${of} lacks required fields: ${places.join(', ')}`);
  }
  return result.data;
}

/**
 * Checks that an answer is about the requested object.
 *
 * @throws ForgeError `incomplete`
 */
export function expectSame(id: string | undefined, expected: string): asserts id {
  if (id !== expected) {
    throw new ForgeError(
      'incomplete',
      "the forge's answer is about a different object than the one requested",
    );
  }
}

/**
 * The chunks of a body.
 *
 * @param what is downloaded, as the beginning of a sentence
 * @throws ForgeError `unavailable` when it is cut off; the signal's reason when the caller aborted
 */
export async function* chunksOf(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  what: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    signal.throwIfAborted();
    throw new ForgeError('unavailable', `${what} was interrupted`, { cause: error });
  }
}
