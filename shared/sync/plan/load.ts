/** Loads what the table holds about a read, before the plan is decided. */
import { type Claim, covers } from '../../domain/claim.ts';
import { type Fact, factKey, isInherited } from '../../domain/facts.ts';
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import type { SynchronizationId } from '../../domain/ids.ts';
import { type AnyScope, mainKeyOf, type ScopeLayout } from '../../domain/scopes.ts';
import type { ScopeRead } from '../../forge/forge.ts';
import { type Expectation, loadClaims, loadExpectations, type StoredClaim } from '../../store/claim-store.ts';
import { loadFacts, loadScope, type StoredScope, standingOf } from '../../store/fact-store.ts';
import { loadRemoved } from '../../store/run-store.ts';
import { type Restore, type ScopeState, scopeStates } from '../../store/scope-store.ts';
import type { Table } from '../../store/table.ts';
import { isWithin } from './expectations.ts';
import { type HeldBefore, heldBefore } from './held.ts';
import { type References, referencesOf } from './orphans.ts';

/** What events reported before a read was planned. */
export interface EventReports {
  /** Those about facts that the read covers. */
  readonly expectations: readonly Expectation[];
  /** All of the synchronization: a claim also withdraws the rows that depend on its fact. */
  readonly claims: readonly StoredClaim[];
}

export async function loadEventReports(
  table: Table,
  id: SynchronizationId,
  layout: ScopeLayout,
  scope: AnyScope,
  { covers: parts }: ScopeRead,
): Promise<EventReports> {
  const [expectations, claims] = await Promise.all([loadExpectations(table, id), loadClaims(table, id)]);
  return { expectations: expectations.filter(({ key }) => isWithin(layout, key, scope, parts)), claims };
}

/** What is stored of the scope that was read. */
export interface Known {
  readonly states: ReadonlyMap<AnyScope, ScopeState>;
  readonly stored: StoredScope;
  readonly held: HeldBefore;
  /** Keys of removed facts that an owner asked to restore. */
  readonly putBack: ReadonlySet<string>;
}

/** @param startedAt when the read began; milliseconds since the epoch */
export async function loadKnown(
  table: Table,
  id: SynchronizationId,
  { scopes: layout, lagMs }: ForgeTraits,
  scope: AnyScope,
  { read, startedAt }: { readonly read: ScopeRead; readonly startedAt: number },
  { claims }: Pick<EventReports, 'claims'>,
): Promise<Known> {
  const states = await scopeStates(table, id);
  const stored = await loadScope(table, id, layout, scope, read.covers);
  const putBack = await putBackNow(table, id, states.get(scope)?.restore, {
    stored,
    startedAt,
    claims,
    lagMs,
  });
  return { states, stored, putBack, held: await heldBefore(table, id, scope) };
}

/** What an owner asked to restore and no later read removed: the owner's request needs no second read. */
async function putBackNow(
  table: Table,
  id: SynchronizationId,
  restore: Restore | undefined,
  {
    stored,
    startedAt,
    claims,
    lagMs,
  }: { stored: StoredScope; startedAt: number; claims: readonly Claim[]; lagMs: number },
): Promise<ReadonlySet<string>> {
  if (restore === undefined || startedAt < restore.at || startedAt >= restore.at + lagMs) {
    return new Set();
  }
  const removals = (await loadRemoved(table, id, restore.run)) ?? [];
  // A new event after the owner's request takes precedence.
  const later = claims.filter(({ at }) => at > restore.at);
  const keys = removals
    .filter(({ before }) => !later.some((claim) => covers(claim, before)))
    .map(({ before }) => factKey(before));
  return new Set(keys.filter((key) => (stored.removed.get(key)?.changedAt ?? Infinity) <= restore.at));
}

/** The stored state of the parents that the rows refer to. */
export async function loadReferences(
  table: Table,
  id: SynchronizationId,
  layout: ScopeLayout,
  read: ScopeRead,
  rows: readonly Fact[],
): Promise<References> {
  const keys = rows.flatMap((row) => referencesOf(layout, row)).map(mainKeyOf);
  const standing = await standingOf(table, id, [...new Set(keys)]);
  return { standing, parents: rows.some(isInherited) ? await loadParents(table, id, read) : new Map() };
}

/** From the read, else from the table: the read of a part does not show the teams above it. */
async function loadParents(
  table: Table,
  id: SynchronizationId,
  { facts }: ScopeRead,
): Promise<References['parents']> {
  const teams = [...(await loadFacts(table, id, 'team')), ...facts.filter(({ kind }) => kind === 'team')];
  return new Map(teams.flatMap((fact) => (fact.kind === 'team' ? [[fact.team, fact.parent] as const] : [])));
}
