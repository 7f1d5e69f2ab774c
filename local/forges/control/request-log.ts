/** What an API was asked; holds no credential. */
export interface LoggedRequest {
  readonly at: number;
  /** Which of the forge's interfaces was asked. */
  readonly surface: string;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** GraphQL: name of the operation. */
  readonly operation?: string;
  /** What it took of the surface's budget. */
  readonly cost: number;
}

export interface RequestSummary<Entry extends LoggedRequest = LoggedRequest> {
  readonly total: number;
  /** What was taken of the budget of each surface that has one. */
  readonly cost: Readonly<Record<string, number>>;
  /** By method and path without query, or by GraphQL operation. */
  readonly counts: Readonly<Record<string, number>>;
  /** The newest last. */
  readonly requests: readonly Entry[];
}

export interface RequestLog<Entry extends LoggedRequest> {
  recordRequest(entry: Entry): void;
  summary(): RequestSummary<Entry>;
  clear(): void;
}

const keptRequests = 1000;

/**
 * Counts what the API was asked, so that tests can hold the system to its request budget.
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
