import type { GitHubState } from '../state.ts';

/**
 * One injected fault, taken from the registry at the moment it strikes. Which of the fields count depends on the kind.
 *
 * | kind | strikes | fields |
 * |---|---|---|
 * | `slow` | any request, before it is answered | `delayMs` |
 * | `drop-connection` | any request: the socket closes without an answer | |
 * | `server-error` | any request | `status` (default 502) |
 * | `bad-credential` | any request with a credential: 401 | |
 * | `rate-limit` | any API request: the primary budget is spent | `status` (403 or 429, default 403), `retryAfter` |
 * | `secondary-limit` | any API request | `status` (403, 429 or, in GraphQL, 200; default 403), `retryAfter` (default 60; 0 leaves the header out) |
 * | `lagging-read` | any API request: answered from the past | `seconds` (default 5) |
 * | `failing-page` | one page of a list: 502 in REST, an error on the field in GraphQL | `status` |
 * | `short-page` | one page of a list: fewer items, while totals and cursors stay | `drop` (default 1) |
 * | `resource-limits` | one GraphQL connection: partial data with RESOURCE_LIMITS_EXCEEDED | |
 * | `truncated-archive` | one archive download: ends in the middle | |
 * | `other-archive-bytes` | one archive download: same files, other bytes | |
 */
export interface Fault {
  readonly status?: number;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly delayMs?: number;
  readonly seconds?: number;
  readonly drop?: number;
}

/**
 * Faults to come. `match` says what is being asked, so that a fault can be aimed:
 * `surface` (`rest`, `graphql`, `codeload`), `method`, `path`, `route` (REST pattern), `operation` (GraphQL operation name),
 * `installation` (id), `list` (REST pattern or `Organization.teams`), `owner` (database id of the list's owner, GraphQL only),
 * `page` (1, 2, …). Only those that are known are given.
 */
export interface Faults {
  take(kind: string, match: Record<string, string>): Fault | undefined;
}

/** A fault that a test's own code decides on, request by request. */
export interface Interception {
  /** Whether the request was answered before the connection breaks; the caller never gets the end of the answer. */
  readonly when: 'before' | 'after';
  /** Done before the connection breaks, while the caller still waits, for example its end. */
  readonly act?: () => Promise<unknown>;
}

/** Decides on every request to the API and the archives, by what `Faults` can be aimed at. */
export type Intercept = (match: Readonly<Record<string, string>>) => Interception | undefined;

/** What was asked and what it cost; holds no credential. */
export interface RequestEntry {
  readonly at: number;
  readonly surface: 'rest' | 'graphql' | 'codeload';
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  readonly installationId?: number;
  /** GraphQL: name of the operation. */
  readonly operation?: string;
  /** Points charged: of the REST budget, or of the GraphQL one. */
  readonly cost: number;
  /** `type` of each GraphQL error. */
  readonly errorTypes?: readonly string[];
}

/** Where the simulator's servers can be reached; no trailing slash. */
export interface Addresses {
  readonly api: string;
  readonly web: string;
  readonly codeload: string;
}

/** Hook for lagging reads: the state as it was so many seconds ago, or undefined if nobody kept it. */
export type Past = (seconds: number) => GitHubState | undefined;
