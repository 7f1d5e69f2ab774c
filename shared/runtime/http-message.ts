/** Requests and answers of our HTTP routes, without the form in which API Gateway gives and takes them. */

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** Parts of the path that the route names. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** Every value of every name, in the order of the address. */
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Values as they were set, nothing decoded. Of several with one name, the first. */
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

/** A JSON answer that nobody caches. The content type is exact: Composer prints warnings of no other. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
