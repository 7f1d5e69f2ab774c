/** The closed set of what can go wrong with a forge; each has one rule for what a run does. */
export type ForgeErrorCode =
  /** The forge does not take our credential: rights freeze, the owner is told. */
  | 'credential-rejected'
  /** The credential works, but a permission is missing. */
  | 'insufficient-scope'
  | 'sso-required'
  /** Wait until `notBefore`. */
  | 'rate-limited'
  /** 5xx, time-out, network: try again later. */
  | 'unavailable'
  /** Not there by id, with a working credential. */
  | 'not-found'
  /** The API itself is gone (410). */
  | 'gone'
  /** A list that does not add up, a page missing, a field missing: nothing may be concluded from it. */
  | 'incomplete'
  | 'unexpected';

export class ForgeError extends Error {
  readonly code: ForgeErrorCode;
  /** Milliseconds since the epoch before which asking again is useless or forbidden. */
  readonly notBefore: number | undefined;

  constructor(code: ForgeErrorCode, message: string, options: { notBefore?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ForgeError';
    this.code = code;
    this.notBefore = options.notBefore;
  }
}
