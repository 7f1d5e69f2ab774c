import type { GitHubState } from './state.ts';

/** Faults of the API, consulted by the API half with `take` before it answers. */
export const apiFaultKinds = [
  /** 429, or 403 with `status`, and `retry-after`. */
  'rate-limited',
  /** 5xx (`status`, default 502), or 200 with GraphQL errors where `status` is 200. */
  'server-error',
  /** Waits `delayMs` before it answers. */
  'slow',
  /** Page `page` of a list fails with `status`. */
  'failing-page',
  /** A page lacks its last item, though the total still counts it. */
  'short-page',
  /** 401 `Bad credentials`. */
  'expired-credential',
  /** Answers from `view`, the state at the moment the fault was added. */
  'lagging-read',
] as const;

/** Faults of webhook deliveries. */
export const deliveryFaultKinds = [
  /** Delivered twice, with one delivery id. */
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

export type FaultKind = (typeof faultKinds)[number];

export interface FaultOptions {
  readonly kind: FaultKind;
  /** How often it strikes; until removed, when left out. */
  readonly times?: number;
  /** Lets this many matching requests or deliveries pass first. */
  readonly after?: number;
  /** Strikes only where the subject's target contains this text: a path, a GraphQL field, an event. */
  readonly target?: string;
  /** Strikes only for this page of a list, counted from 1. */
  readonly page?: number;
  /** HTTP status to answer with. */
  readonly status?: number;
  readonly delayMs?: number;
  readonly retryAfterSeconds?: number;
}

export interface Fault extends FaultOptions {
  readonly id: number;
  /** How often it has struck. */
  struck: number;
  /** Only of `lagging-read`. */
  readonly view?: GitHubState;
}

/** What a fault may strike. */
export interface FaultSubject {
  /** `GET /orgs/acme/members`, `organization.teams.members` or `push`. */
  readonly target?: string;
  readonly page?: number;
}

export interface FaultRegistry {
  add(options: FaultOptions): Fault;
  list(): readonly Fault[];
  /** Removes one fault, or all of them; answers how many. */
  remove(id?: number): number;
  /** The first fault of this kind that strikes the subject; it counts as one strike. */
  take(kind: FaultKind, subject?: FaultSubject): Fault | undefined;
}

/** The faults that tests and people have asked for. They live in memory: a restart is without faults. */
export function createFaultRegistry(deps: { snapshot: () => GitHubState }): FaultRegistry {
  let faults: (Fault & { skipped: number })[] = [];
  let nextId = 1;
  return {
    add(options) {
      const view = options.kind === 'lagging-read' ? { view: deps.snapshot() } : {};
      const fault = { ...options, ...view, id: nextId++, struck: 0, skipped: 0 };
      faults.push(fault);
      return fault;
    },
    list: () => faults,
    remove(id) {
      const before = faults.length;
      faults = id === undefined ? [] : faults.filter((fault) => fault.id !== id);
      return before - faults.length;
    },
    take(kind, subject = {}) {
      for (const fault of faults) {
        if (fault.kind !== kind || !strikes(fault, subject)) continue;
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

function strikes(fault: Fault, subject: FaultSubject): boolean {
  if (fault.target !== undefined && !(subject.target ?? '').includes(fault.target)) return false;
  return fault.page === undefined || fault.page === subject.page;
}
