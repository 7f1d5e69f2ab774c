/** How far the reading of a scope is, for people. */
import type { AnyScope } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { type ScopeState, scopeStates } from '../store/scope-store.ts';
import type { Table } from '../store/table.ts';
import { leaseMs } from '../sync/run/take-scopes.ts';

/** Times in ISO 8601. */
export interface ScopeDescription {
  /** Both always: a success does not make what went wrong before it less worth knowing. */
  readonly lastSuccess: string | undefined;
  /** The forge shows nothing of it since then, and why: it has no such thing, or does not let us. */
  readonly hidden: { readonly since: string; readonly why: string } | undefined;
  readonly lastFailure: { readonly at: string; readonly code: string; readonly message: string } | undefined;
  /** It is asked for and not done. */
  readonly isPending: boolean;
  /** Why it was asked for last. */
  readonly cause: string | undefined;
  /** A worker is at it since then. */
  readonly runningSince: string | undefined;
  /** It is read again then, although nobody asked: what it saw may be older than what was known. */
  readonly lookAgainAt: string | undefined;
  /** Nobody goes on before. */
  readonly notBefore: string | undefined;
  /** A reading in steps: how many of the things of the scope it has. */
  readonly reading:
    | { readonly read: number; readonly total: number | undefined; readonly since: string }
    | undefined;
}

/** @param now milliseconds since the epoch */
export function describeScope(state: ScopeState | undefined, now: number): ScopeDescription {
  const isPending = state !== undefined && state.wanted !== state.done;
  const isLeased = state !== undefined && state.leaseUntil > now;
  const isRunning = isLeased && state.leaseId !== undefined;
  const failure = state?.lastFailure;
  const reading = isPending ? state.reading : undefined;
  return {
    lastSuccess: time(state?.lastSuccessAt),
    hidden: state?.notShown && { ...state.notShown, since: timeOf(state.notShown.since) },
    lastFailure: failure && { ...failure, at: timeOf(failure.at) },
    isPending,
    cause: isPending ? state.cause : undefined,
    runningSince: isRunning ? timeOf(state.leaseUntil - leaseMs) : undefined,
    lookAgainAt: time(state?.recheckAt),
    notBefore: isPending && isLeased && !isRunning ? timeOf(state.leaseUntil) : undefined,
    reading: reading && { read: reading.read, total: reading.total, since: timeOf(reading.startedAt) },
  };
}

export interface ScopeProgress extends ScopeDescription {
  readonly scope: AnyScope;
  readonly outcome: 'pending' | 'read' | 'failed';
  /** What went wrong since; while it is pending, it is tried again. */
  readonly failure: ScopeDescription['lastFailure'];
}

/**
 * What became of scopes that were asked for.
 *
 * @param at when they were; milliseconds since the epoch
 */
export async function progressSince(
  table: Table,
  { id }: Synchronization,
  scopes: readonly AnyScope[],
  at: number,
  now: number,
): Promise<readonly ScopeProgress[]> {
  const states = await scopeStates(table, id);
  return scopes.map((scope) => {
    const state = states.get(scope);
    const described = describeScope(state, now);
    const failedAt = state?.lastFailure?.at ?? 0;
    const isFailed = failedAt >= at && failedAt > (state?.lastSuccessAt ?? 0);
    return {
      scope,
      ...described,
      outcome: described.isPending ? 'pending' : isFailed ? 'failed' : 'read',
      failure: isFailed ? described.lastFailure : undefined,
    };
  });
}

const timeOf = (at: number): string => new Date(at).toISOString();

function time(at: number | undefined): string | undefined {
  return at === undefined ? undefined : timeOf(at);
}
