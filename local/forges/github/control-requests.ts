/** One request to the API, without its credential. */
export interface RecordedRequest {
  readonly method: string;
  /** Path with query; for GraphQL `/graphql`. */
  readonly path: string;
  readonly status: number;
  /** GraphQL operation name or first field, where there is one. */
  readonly operation?: string;
  /** Rate limit points. */
  readonly cost?: number;
}

export interface RequestLog {
  recordRequest(request: RecordedRequest): void;
  /** Counts by method and path, ids and names in paths left as they are; the newest requests last. */
  summary(): {
    total: number;
    cost: number;
    counts: Record<string, number>;
    requests: readonly RecordedRequest[];
  };
  clear(): void;
}

const keptRequests = 1000;

/** Counts what the API was asked, so that tests can hold the system to its request budget. */
export function createRequestLog(): RequestLog {
  let requests: RecordedRequest[] = [];
  let counts = new Map<string, number>();
  let total = 0;
  let cost = 0;
  return {
    recordRequest(request) {
      const path = request.path.split('?')[0] ?? '';
      const key = `${request.method} ${request.operation === undefined ? path : `${path} ${request.operation}`}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      total += 1;
      cost += request.cost ?? 1;
      requests = [...requests.slice(1 - keptRequests), request];
    },
    summary: () => ({ total, cost, counts: Object.fromEntries(counts), requests }),
    clear() {
      requests = [];
      counts = new Map();
      total = 0;
      cost = 0;
    },
  };
}
