import type { Fault as ApiFault } from './api/ports.ts';

/** Faults of the API; which of the fields count for which is said at the API's port. */
export const apiFaultKinds = [
  'slow',
  'drop-connection',
  'server-error',
  'bad-credential',
  'rate-limit',
  'secondary-limit',
  'lagging-read',
  'failing-page',
  'short-page',
  'resource-limits',
  'truncated-archive',
  'other-archive-bytes',
] as const;

/** Faults of webhook deliveries; they match `event` and `action`. */
export const deliveryFaultKinds = [
  /** Sent twice, with one delivery id. */
  'delivery-doubled',
  /** Never sent, and not in the log either: only reconciling helps. */
  'delivery-lost',
  /** Never arrives; the log shows a time-out, so it can be caught up. */
  'delivery-failed',
  /** Sent only after the delivery that follows it. */
  'delivery-reordered',
  /** Sent `delayMs` later. */
  'delivery-delayed',
] as const;

export const faultKinds = [...apiFaultKinds, ...deliveryFaultKinds] as const;

export interface FaultOptions extends ApiFault {
  readonly kind: (typeof faultKinds)[number];
  /** How often it strikes; until removed, when left out. */
  readonly times?: number;
  /** Lets this many matching requests or deliveries pass first. */
  readonly after?: number;
  /** Strikes only where each of these is as asked; `path` may be a part of the path. */
  readonly match?: Readonly<Record<string, string>>;
}

export interface Fault extends FaultOptions {
  readonly id: number;
  /** How often it has struck. */
  readonly struck: number;
}

export interface FaultRegistry {
  add(options: FaultOptions): Fault;
  list(): readonly Fault[];
  /** Removes one fault, or all of them; answers how many. */
  remove(id?: number): number;
  /** The first fault of this kind that strikes what is being asked; it counts as one strike. */
  take(kind: string, match: Readonly<Record<string, string>>): Fault | undefined;
}

/** The faults that tests and people have asked for. They live in memory: a restart is without faults. */
export function createFaultRegistry(deps: { added?: (fault: Fault) => void } = {}): FaultRegistry {
  let faults: (Fault & { struck: number; skipped: number })[] = [];
  let nextId = 1;
  return {
    add(options) {
      const fault = { ...options, id: nextId++, struck: 0, skipped: 0 };
      faults.push(fault);
      deps.added?.(fault);
      return fault;
    },
    list: () => faults,
    remove(id) {
      const before = faults.length;
      faults = id === undefined ? [] : faults.filter((fault) => fault.id !== id);
      return before - faults.length;
    },
    take(kind, match) {
      for (const fault of faults) {
        if (fault.kind !== kind || !strikes(fault.match ?? {}, match)) continue;
        if (fault.skipped < (fault.after ?? 0)) {
          fault.skipped += 1;
          continue;
        }
        fault.struck += 1;
        if (fault.struck === fault.times) faults = faults.filter((other) => other !== fault);
        return fault;
      }
      return undefined;
    },
  };
}

function strikes(wanted: Readonly<Record<string, string>>, asked: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) =>
    key === 'path' ? (asked.path ?? '').includes(value) : asked[key] === value,
  );
}
