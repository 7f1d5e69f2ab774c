/** Requests and responses of our HTTP routes, independent of API Gateway's format. */

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** Parameters in the route's path. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** All values of all names, in the order of the address. */
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Values as they were set, not decoded. Of several with the same name, the first. */
  readonly cookies: ReadonlyMap<string, string>;
  /** The raw bytes. */
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** One Set-Cookie header each: `name=value; Secure; HttpOnly`. */
  readonly cookies?: readonly string[];
  readonly body?: string;
}

/** A JSON response that is not cached. The content type is exact: Composer prints warnings of no other. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
