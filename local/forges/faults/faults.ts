/** Faults that requests to any forge may meet; {@link Fault} says which fields each kind uses. */
export const requestFaultKinds = [
  'slow',
  'drop-connection',
  'server-error',
  'bad-credential',
  'rate-limit',
  'lagging-read',
  'failing-page',
  'short-page',
  'truncated-archive',
  'other-archive-bytes',
] as const;

/** Faults of webhook deliveries; they can be aimed with `event` and `action`. */
export const deliveryFaultKinds = [
  /** Sent twice, with the same delivery id. */
  'delivery-doubled',
  /** Never sent, and not in the log either: only a reconcile finds the change. */
  'delivery-lost',
  /** Never arrives; the log shows a time-out, so it can be recovered. */
  'delivery-failed',
  /** Sent only after the delivery that follows it. */
  'delivery-reordered',
  /** Sent `delayMs` later. */
  'delivery-delayed',
] as const;

/**
 * One injected fault, taken from the registry at the moment it strikes. Which of the fields count depends on the kind.
 *
 * | kind | strikes | fields |
 * |---|---|---|
 * | `slow` | any request, before it is answered | `delayMs` |
 * | `drop-connection` | any request: the socket closes without an answer | |
 * | `server-error` | any request | `status` (default 502) |
 * | `bad-credential` | any request with a credential: 401 | |
 * | `rate-limit` | any API request: the budget is spent | `status`, `retryAfter` |
 * | `lagging-read` | any API request: answered from the past | `seconds` (default 5) |
 * | `failing-page` | one page of a list | `status` |
 * | `short-page` | one page of a list: fewer items, while totals and cursors stay | `drop` (default 1) |
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

/** Faults to come. `match` describes the request, so that a fault can be aimed; only what is known of it is given. */
export interface Faults {
  take(kind: string, match: Record<string, string>): Fault | undefined;
}

export interface FaultOptions<Kind extends string = string> extends Fault {
  readonly kind: Kind;
  /** How often it strikes; without limit if left out. */
  readonly times?: number;
  /** Lets this many matching requests or deliveries pass first. */
  readonly after?: number;
  /** Strikes only if each of these equals the request's; for `path` a part of the path is enough. */
  readonly match?: Readonly<Record<string, string>>;
}

export interface RegisteredFault<Kind extends string = string> extends FaultOptions<Kind> {
  readonly id: number;
  /** How often it has struck so far. */
  readonly struck: number;
}

export interface FaultRegistry<Kind extends string = string> extends Faults {
  add(options: FaultOptions<Kind>): RegisteredFault<Kind>;
  list(): readonly RegisteredFault<Kind>[];
  /** Removes one fault, or all of them. @returns how many */
  remove(id?: number): number;
  /** The first fault of this kind that matches; counts as one strike. */
  take(kind: string, match: Readonly<Record<string, string>>): RegisteredFault<Kind> | undefined;
}

/** Creates the list of faults that tests and people have requested. It is in memory only: a restart clears it. */
export function createFaultRegistry<Kind extends string = string>(
  deps: { added?: (fault: RegisteredFault<Kind>) => void } = {},
): FaultRegistry<Kind> {
  let faults: (RegisteredFault<Kind> & { struck: number; skipped: number })[] = [];
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
