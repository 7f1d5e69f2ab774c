/** The closed set of errors of a forge; for each there is one rule for what a run does. */
export type ForgeErrorCode =
  /** The forge does not accept our credential: rights freeze, and the owner is informed. */
  | 'credential-rejected'
  /** The credential works, but a permission is missing. */
  | 'insufficient-scope'
  | 'sso-required'
  /** Wait until `notBefore`. */
  | 'rate-limited'
  /** 5xx, time-out, network: try again later. */
  | 'unavailable'
  /** Not found by its id, with a working credential. */
  | 'not-found'
  /** The organization itself is not found, for longer than an outage lasts: it was deleted, or is not shown to the credential any more. */
  | 'organization-not-found'
  /** The API itself is gone (410). */
  | 'gone'
  /** A list that does not match its total, or a missing page or field: nothing may be concluded from it. */
  | 'incomplete'
  | 'unexpected';

export class ForgeError extends Error {
  readonly code: ForgeErrorCode;
  /** Before this time a retry is useless or forbidden; milliseconds since the epoch. */
  readonly notBefore: number | undefined;

  constructor(code: ForgeErrorCode, message: string, options: { notBefore?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ForgeError';
    this.code = code;
    this.notBefore = options.notBefore;
  }
}

/** Undefined where the forge does not find what is asked for. @throws any other error */
export async function unlessMissing<Answer>(request: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ForgeError && error.code === 'not-found') {
      return undefined;
    }
    throw error;
  }
}
