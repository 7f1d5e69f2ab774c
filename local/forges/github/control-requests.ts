import type { RequestEntry } from './api/ports.ts';

export interface RequestSummary {
  readonly total: number;
  /** Rate limit points, REST and GraphQL apart. */
  readonly cost: { rest: number; graphql: number };
  /** By method and path without query, or by GraphQL operation. */
  readonly counts: Readonly<Record<string, number>>;
  /** The newest last. */
  readonly requests: readonly RequestEntry[];
}

export interface RequestLog {
  recordRequest(entry: RequestEntry): void;
  summary(): RequestSummary;
  clear(): void;
}

const keptRequests = 1000;

/** Counts what the API was asked, so that tests can hold the system to its request budget. */
export function createRequestLog(): RequestLog {
  const requests: RequestEntry[] = [];
  const counts = new Map<string, number>();
  const cost = { rest: 0, graphql: 0 };
  let total = 0;
  return {
    recordRequest(entry) {
      const what =
        entry.operation === undefined ? (entry.path.split('?')[0] ?? '') : `graphql ${entry.operation}`;
      const key = `${entry.method} ${what}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      total += 1;
      if (entry.surface !== 'codeload') cost[entry.surface] += entry.cost;
      requests.push(entry);
      if (requests.length > keptRequests) requests.shift();
    },
    summary: () => ({
      total,
      cost: { ...cost },
      counts: Object.fromEntries(counts),
      requests: [...requests],
    }),
    clear() {
      requests.length = 0;
      counts.clear();
      total = 0;
      cost.rest = 0;
      cost.graphql = 0;
    },
  };
}
