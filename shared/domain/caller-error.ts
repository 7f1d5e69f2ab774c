/**
 * Errors that a caller can act on: use another name, read again, correct the input, get a permission, wait.
 *
 * HTTP expresses them by a status and problem details (shared/runtime/problem-details.ts), `npm run admin` by its exit code
 * (local/admin/exit-codes.ts).
 */
export const callerErrorCodes = [
  /** The named object does not exist, or not any more. */
  'not-found',
  /** Its state does not allow this, or something else changed it at the same moment. */
  'conflict',
  /** The input makes no sense, or is ambiguous. */
  'invalid',
  /** The caller, or we on the caller's behalf, may not do this. */
  'forbidden',
  /** Not possible yet; asking again later is enough. */
  'too-early',
] as const;
export type CallerErrorCode = (typeof callerErrorCodes)[number];

/** One thing that is wrong with a field of the input. */
export interface WrongField {
  /** A JSON pointer into the input: https://www.rfc-editor.org/rfc/rfc6901 */
  readonly pointer: string;
  /** Never holds what was sent. */
  readonly detail: string;
}

/** An error that the caller caused; its message is for the caller. */
export class CallerError extends Error {
  override readonly name = 'CallerError';
  readonly code: CallerErrorCode;
  /** With `too-early`: when asking again may help, if known. Milliseconds since the epoch. */
  readonly notBefore: number | undefined;
  /** What is wrong with single fields of the input. */
  readonly errors: readonly WrongField[] | undefined;
  /** Nothing was carried out, and the same call may succeed: it is too early, or others changed something at the same moment. */
  readonly isTransient: boolean;

  constructor(
    code: CallerErrorCode,
    message: string,
    options: {
      notBefore?: number | undefined;
      errors?: readonly WrongField[] | undefined;
      /** Of a `conflict` that passes; default false. */
      isTransient?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.notBefore = options.notBefore;
    this.errors = options.errors;
    this.isTransient = options.isTransient ?? code === 'too-early';
  }
}
