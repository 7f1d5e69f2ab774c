/**
 * After a read, decides which expectations and claims of events are settled, which are answered, and which need a
 * recheck.
 */
import {
  isAnswered,
  isDecided,
  isWithdrawn,
  listsOfClaim,
  type ScopeReads,
  scopeOfKey,
} from '../../domain/claim.ts';
import type { SynchronizationId } from '../../domain/ids.ts';
import { type AnyScope, isPart, type ScopeLayout } from '../../domain/scopes.ts';
import {
  contradictBodies,
  deleteClaims,
  deleteExpectation,
  type StoredClaim,
} from '../../store/claim-store.ts';
import { loadScope } from '../../store/fact-store.ts';
import { type ScopeState, scopeStates } from '../../store/scope-store.ts';
import { ConflictError, type Table } from '../../store/table.ts';
import type { FinishedReading, PlannedRead } from '../plan/decide.ts';
import { isWithin, settle } from '../plan/expectations.ts';
import type { EventReports } from '../plan/load.ts';
import type { Run } from './run.ts';
import { leaseMs, type TakenScope } from './take-scopes.ts';

/** Deletes the expectations and claims that the read settled. @returns when to recheck; milliseconds since the epoch */
export async function settleEventReports(
  { dependencies: { table }, synchronization: { id, forge }, traits }: Run,
  { scope }: TakenScope,
  { read, observedAt, startedAt }: FinishedReading,
  { expectations, claims }: EventReports,
  { contradicted }: PlannedRead,
): Promise<number | undefined> {
  const { scopes: layout, lagMs } = traits;
  const { settled, recheckAt } = settle(expectations, read.facts, { number: observedAt, startedAt }, traits);
  for (const one of settled) {
    await table.transact([deleteExpectation(id, one)]).catch((error: unknown) => {
      // Reported again meanwhile: keep the new expectation.
      if (!(error instanceof ConflictError)) {
        throw error;
      }
    });
  }
  if (claims.length === 0) {
    return recheckAt;
  }
  for (const claim of claims.filter((one) => contradicted.includes(one))) {
    await contradictBodies(table, forge, claim);
  }
  const states = await scopeStates(table, id);
  const readsOf = (one: AnyScope): ScopeReads => readsIn(states, one, scope);
  const answered = claims.filter((claim) => isAnswered(claim, readsOf, traits));
  await deleteClaims(table, id, await withoutWithdrawals(table, id, layout, answered));
  /** The claimed part is rechecked by a read of its own, which costs less than the list. */
  const isRechecked = (key: string): boolean =>
    !isPart(scope) && states.get(scopeOfKey(key))?.recheckAt !== undefined;
  const rechecks = claims
    .filter(({ key }) => isWithin(layout, key, scope, read.covers) && !isRechecked(key))
    .filter((claim) => !isDecided(claim, readsOf, traits))
    .map((claim) => claim.at + lagMs);
  const all = recheckAt === undefined ? rechecks : [recheckAt, ...rechecks];
  return all.length === 0 ? undefined : Math.min(...all);
}

/**
 * The claims that no longer withdraw any stored fact. A list may have missed the fact of the others: then it is
 * stored unchanged, and the part's own read gives it back and requests the affected views.
 */
async function withoutWithdrawals(
  table: Table,
  id: SynchronizationId,
  layout: ScopeLayout,
  claims: readonly StoredClaim[],
): Promise<readonly StoredClaim[]> {
  const scopes = [...new Set(claims.flatMap((claim) => listsOfClaim(claim, layout)))];
  const stored = (await Promise.all(scopes.map((scope) => loadScope(table, id, layout, scope)))).flatMap(
    ({ facts }) => facts,
  );
  return claims.filter((claim) => !stored.some(({ fact, givenAt }) => isWithdrawn([claim], fact, givenAt)));
}

/** @param own the scope that was just read */
function readsIn(states: ReadonlyMap<AnyScope, ScopeState>, scope: AnyScope, own: AnyScope): ScopeReads {
  const state = states.get(scope);
  if (state === undefined) {
    return {};
  }
  const { readBegunAt, reading, leaseId, leaseUntil } = state;
  const begun = [
    ...(reading === undefined ? [] : [reading.startedAt]),
    ...(leaseId === undefined ? [] : [leaseUntil - leaseMs]),
  ];
  const isUnderWay = scope !== own && begun.length > 0;
  return { readBegunAt, underWaySince: isUnderWay ? Math.min(...begun) : undefined };
}
