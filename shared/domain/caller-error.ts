/**
 * What a caller can do something about: look elsewhere, read again, ask otherwise, get a right, wait.
 *
 * Every edge says these in its own way: HTTP by a status and problem details (shared/runtime/problem-details.ts), `npm run admin` by its
 * exit code (local/admin/exit-codes.ts), a function without a route by the `code` of its result (shared/runtime/invoke-handler.ts).
 */
export const callerErrorCodes = [
  /** What was named is not there, or not any more. */
  'not-found',
  /** It is there, and its state does not allow this; or something else changed it at the same moment. */
  'conflict',
  /** What was said makes no sense, or leaves open what is meant. */
  'invalid',
  /** Somebody does not let the caller do this, or us for the caller. */
  'forbidden',
  /** It will be possible; asking again later is enough. */
  'too-early',
] as const;
export type CallerErrorCode = (typeof callerErrorCodes)[number];

/** What the caller did wrong, in words for the caller. */
export class CallerError extends Error {
  override readonly name = 'CallerError';
  readonly code: CallerErrorCode;
  /** With `too-early`: when asking again may help, as far as that is known. Milliseconds since the epoch. */
  readonly notBefore: number | undefined;

  constructor(
    code: CallerErrorCode,
    message: string,
    options: { notBefore?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.notBefore = options.notBefore;
  }
}
