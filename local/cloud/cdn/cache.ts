/** A cached answer of the origin, as the edge received it. */
export interface CachedResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  /** Milliseconds since the epoch: when the answer was received or last revalidated, and when it must be revalidated. */
  readonly storedAt: number;
  readonly freshUntil: number;
}

export interface EdgeCache {
  get(key: string): CachedResponse | undefined;
  set(key: string, response: CachedResponse): void;
  delete(key: string): void;
  clear(): void;
}

/** Creates a cache that evicts the least recently used answers once it holds more than this many bytes. */
export function createEdgeCache(limitBytes: number): EdgeCache {
  const entries = new Map<string, CachedResponse>();
  let bytes = 0;

  function remove(key: string): void {
    bytes -= entries.get(key)?.body.length ?? 0;
    entries.delete(key);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry;
    },
    set(key, response) {
      remove(key);
      entries.set(key, response);
      bytes += response.body.length;
      for (const oldest of entries.keys()) {
        if (bytes <= limitBytes) break;
        remove(oldest);
      }
    },
    delete: remove,
    clear() {
      entries.clear();
      bytes = 0;
    },
  };
}
