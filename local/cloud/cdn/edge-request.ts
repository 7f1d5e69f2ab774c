/** A viewer's request within the CDN, after the edge function if there is one. */
export interface EdgeRequest {
  readonly method: string;
  /** The path, percent-encoded as received. */
  readonly uri: string;
  /** Query parameters in order, not decoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Lower-case names, without `cookie`. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly cookies: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly viewerIp: string;
}

/** Splits a query string without decoding it. */
export function parseQuery(text: string): [string, string][] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    });
}

export function formatQuery(query: EdgeRequest['query']): string {
  return query.map(([name, value]) => `${name}=${value}`).join('&');
}

export function parseCookies(headers: readonly string[]): [string, string][] {
  return headers
    .flatMap((header) => header.split(/;\s*/))
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    });
}

export function formatCookies(cookies: EdgeRequest['cookies']): string {
  return cookies.map(([name, value]) => `${name}=${value}`).join('; ');
}
