import type { CloudClock } from '../runtime/service.ts';

/** The values visible at an edge location. */
export interface EdgeValues {
  /** Propagates a new value, or a deletion if undefined, to the edge. */
  write(key: string, value: string | undefined): void;
  read(key: string): string | undefined;
}

interface Write {
  readonly visibleAt: number;
  readonly value: string | undefined;
}

/** Delays writes to the edge; writes of one key arrive in order, those of different keys in any order. */
export function createEdgeValues(options: {
  readonly clock: CloudClock;
  readonly propagationMs: number | ((key: string) => number);
  readonly initial: ReadonlyMap<string, string>;
}): EdgeValues {
  const { clock, propagationMs } = options;
  const arrived = new Map(options.initial);
  const underWay = new Map<string, Write[]>();

  function arrive(key: string): void {
    const now = clock.now();
    const writes = underWay.get(key) ?? [];
    const rest = writes.filter(({ visibleAt }) => visibleAt > now);
    const latest = writes[writes.length - rest.length - 1];
    if (latest?.value !== undefined) arrived.set(key, latest.value);
    else if (latest !== undefined) arrived.delete(key);
    if (rest.length === 0) underWay.delete(key);
    else underWay.set(key, rest);
  }

  return {
    write(key, value) {
      arrive(key);
      const writes = underWay.get(key) ?? [];
      const delay = typeof propagationMs === 'number' ? propagationMs : propagationMs(key);
      const visibleAt = Math.max(clock.now() + delay, writes.at(-1)?.visibleAt ?? 0);
      underWay.set(key, [...writes, { visibleAt, value }]);
    },
    read(key) {
      arrive(key);
      return arrived.get(key);
    },
  };
}
