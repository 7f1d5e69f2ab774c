/** Describes the progress of a scope's reads to an owner. */
import type { AnyScope } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { type ScopeState, scopeStates } from '../store/scope-store.ts';
import type { Table } from '../store/table.ts';
import { leaseMs } from '../sync/run/take-scopes.ts';

/** Times in ISO 8601. */
export interface ScopeDescription {
  /** Success and failure are both always shown: a success does not make an earlier failure irrelevant. */
  readonly lastSuccess: string | undefined;
  /** How the last complete read was made, where there is more than one way. */
  readonly readBy: string | undefined;
  /** Since when the forge hides the scope, and why: it lacks the feature, or we lack the permission. */
  readonly hidden: { readonly since: string; readonly why: string } | undefined;
  /** Repositories of which the forge lists other readers than its memberships add up to. */
  readonly differences: readonly { readonly since: string; readonly why: string }[] | undefined;
  /** Repositories of which it did not give that list. */
  readonly uncompared: ScopeDescription['differences'];
  readonly lastFailure: { readonly at: string; readonly code: string; readonly message: string } | undefined;
  /** A read is requested and not done. */
  readonly isPending: boolean;
  /** Why the last read was requested. */
  readonly cause: string | undefined;
  /** When the worker that reads it now has started. */
  readonly runningSince: string | undefined;
  /** When it is read again without a request, because the last read may have lagged behind known facts. */
  readonly lookAgainAt: string | undefined;
  /** The read does not continue before this time. */
  readonly notBefore: string | undefined;
  /** The progress of a read in steps: how many entries of the scope it has. */
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
    readBy: state?.readBy,
    hidden: state?.notShown && { ...state.notShown, since: timeOf(state.notShown.since) },
    differences: state?.differences?.map(({ since, why }) => ({ since: timeOf(since), why })),
    uncompared: state?.uncompared?.map(({ since, why }) => ({ since: timeOf(since), why })),
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
  /** The last failure since then; while the read is pending, it is retried. */
  readonly failure: ScopeDescription['lastFailure'];
}

/**
 * The progress of scopes since their reads were requested.
 *
 * @param at when they were requested; milliseconds since the epoch
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
