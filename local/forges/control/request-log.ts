/** One request to an API; without any credential. */
export interface LoggedRequest {
  readonly at: number;
  /** Which of the forge's interfaces received the request. */
  readonly surface: string;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** GraphQL: the name of the operation. */
  readonly operation?: string;
  /** What the request was charged in the surface's budget. */
  readonly cost: number;
}

export interface RequestSummary<Entry extends LoggedRequest = LoggedRequest> {
  readonly total: number;
  /** The charges to each surface that has a budget, added up. */
  readonly cost: Readonly<Record<string, number>>;
  /** The number of requests by method and path without query, or by GraphQL operation. */
  readonly counts: Readonly<Record<string, number>>;
  /** Newest last. */
  readonly requests: readonly Entry[];
}

export interface RequestLog<Entry extends LoggedRequest> {
  recordRequest(entry: Entry): void;
  summary(): RequestSummary<Entry>;
  clear(): void;
}

const keptRequests = 1000;

/**
 * Counts the requests to an API, so that tests can check the system's request budget.
 *
 * @param budgets - the surfaces that have one; the cost of others is not added up
 */
export function createRequestLog<Entry extends LoggedRequest>(budgets: readonly string[]): RequestLog<Entry> {
  const requests: Entry[] = [];
  const counts = new Map<string, number>();
  const costs = new Map<string, number>();
  let total = 0;
  return {
    recordRequest(entry) {
      const what =
        entry.operation === undefined ? (entry.path.split('?')[0] ?? '') : `graphql ${entry.operation}`;
      const key = `${entry.method} ${what}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      total += 1;
      costs.set(entry.surface, (costs.get(entry.surface) ?? 0) + entry.cost);
      requests.push(entry);
      if (requests.length > keptRequests) requests.shift();
    },
    summary: () => ({
      total,
      cost: Object.fromEntries(budgets.map((surface) => [surface, costs.get(surface) ?? 0])),
      counts: Object.fromEntries(counts),
      requests: [...requests],
    }),
    clear() {
      requests.length = 0;
      counts.clear();
      costs.clear();
      total = 0;
    },
  };
}
