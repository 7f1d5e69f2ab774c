/** A refused request: status and GitHub's message. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Additional fields of the body. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** An answer: `json` is serialized, `raw` is sent as it is. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly raw?: Buffer;
}

/** Thrown by a route to refuse the request. */
export class RefusalError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** The body of an error in GitHub's form. */
export function refusalReply(refusal: Refusal): Reply {
  return {
    status: refusal.status,
    headers: refusal.headers ?? {},
    json: {
      message: refusal.message,
      ...refusal.more,
      documentation_url: 'https://docs.github.com/rest',
      status: `${refusal.status}`,
    },
  };
}

export const NOT_FOUND: Refusal = { status: 404, message: 'Not Found' };

/**
 * One of the app's permissions is missing; `accepted` names those that would do, as in `contents=read`
 * (https://docs.github.com/en/rest/overview/permissions-required-for-github-apps).
 */
export function notAccessible(accepted: string): Refusal {
  return {
    status: 403,
    message: 'Resource not accessible by integration',
    headers: { 'x-accepted-github-permissions': accepted },
  };
}

/** Parses a body as a JSON object; an empty body is an empty object. @throws RefusalError 400 */
export function parseJsonObject(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new RefusalError({ status: 400, message: 'Problems parsing JSON' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RefusalError({ status: 400, message: 'Body should be a JSON object' });
  }
  return { ...value };
}
