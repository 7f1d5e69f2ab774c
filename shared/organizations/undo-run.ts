/**
 * Undoes a run as far as the forge agrees: a new read of the affected scopes restores what the run removed and the forge still has. Facts
 * always follow the forge, so nothing else can be restored.
 */

import { CallerError } from '../domain/caller-error.ts';
import type { Removal } from '../domain/change.ts';
import { factKey } from '../domain/facts.ts';
import type { ScopeLayout, ScopeName } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { traitsOf } from '../forge/modules.ts';
import type { Clock } from '../runtime/clock.ts';
import { loadScope } from '../store/fact-store.ts';
import { latestRuns, loadRemoved } from '../store/run-store.ts';
import { findHeld } from '../store/scope-store.ts';
import type { Table } from '../store/table.ts';
import { requestWork, type WorkQueue } from '../store/work.ts';
import { scopeWork } from '../store/work-items.ts';
import { heldKeys } from '../sync/plan/held.ts';
import { factText } from './change-text.ts';
import { recordedRun } from './describe-run.ts';
import { namesFor } from './display-names.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import { progressSince, type ScopeProgress } from './scope-progress.ts';

export interface UndoRunDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface Undone {
  readonly run: number;
  /** When the undo was requested, ISO 8601; `undoProgress` takes it. */
  readonly asked: string;
  readonly isDone: boolean;
  /** The scopes that are read again. */
  readonly scopes: readonly ScopeProgress[];
  /** The runs that carried it out. */
  readonly recordedAs: readonly number[];
  readonly putBack: readonly string[];
  readonly left: readonly { readonly what: string; readonly reason: string }[];
  /** The totals; the lists are limited to what fits into a response. */
  readonly counts: { readonly putBack: number; readonly left: number };
}

/**
 * How many entries of each list one response has, which is limited to 6 MB:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const namedMax = 5000;

/** How many of the latest runs are searched for those since the request. */
const latest = 100;

/**
 * Requests the undo. A repeated request does what is left to do.
 *
 * @throws CallerError when there is nothing to restore
 */
export async function undoRun(
  dependencies: UndoRunDependencies,
  synchronization: Synchronization,
  run: number,
  accountable: Accountable,
): Promise<Undone> {
  const removed = await removedBy(dependencies.table, synchronization, run);
  const at = dependencies.clock.now();
  await requestUndo(dependencies, synchronization, removed, { run, at }, accountable);
  return describeUndo(dependencies, synchronization, removed, { run, at });
}

/**
 * The progress of what `undoRun` requested.
 *
 * @param asked when it was requested; milliseconds since the epoch
 * @throws CallerError when there is nothing to restore
 */
export async function undoProgress(
  dependencies: Pick<UndoRunDependencies, 'table' | 'clock'>,
  synchronization: Synchronization,
  run: number,
  asked: number,
): Promise<Undone> {
  const removed = await removedBy(dependencies.table, synchronization, run);
  return describeUndo(dependencies, synchronization, removed, { run, at: asked });
}

/** Which run, and when its undo was requested; milliseconds since the epoch. */
interface UndoRequest {
  readonly run: number;
  readonly at: number;
}

const causeOf = ({ run }: UndoRequest): string => `undo of run ${run}`;

async function describeUndo(
  dependencies: Pick<UndoRunDependencies, 'table' | 'clock'>,
  synchronization: Synchronization,
  removed: readonly Removal[],
  request: UndoRequest,
): Promise<Undone> {
  const { run, at } = request;
  const { scopes, putBack, left } = await outcomeOf(dependencies, synchronization, removed, at);
  const runs = await latestRuns(dependencies.table, synchronization.id, latest);
  return {
    run,
    asked: new Date(at).toISOString(),
    isDone: scopes.every(({ outcome }) => outcome !== 'pending'),
    scopes,
    recordedAs: runs
      .filter((one) => one.startedAt >= at && one.scopes.some(({ cause }) => cause === causeOf(request)))
      .map((one) => one.observedAt),
    putBack: putBack.slice(0, namedMax),
    left: left.slice(0, namedMax),
    counts: { putBack: putBack.length, left: left.length },
  };
}

async function removedBy(
  table: Table,
  synchronization: Synchronization,
  number: number,
): Promise<readonly Removal[]> {
  const { counts } = await recordedRun(table, synchronization, number);
  if (counts.remove === 0) {
    throw new CallerError('conflict', `run ${number} removed nothing; see runs ${number}`);
  }
  const removed = await loadRemoved(table, synchronization.id, number);
  if (removed === undefined) {
    throw new CallerError(
      'not-found',
      `run ${number} is too old: removed facts are kept for 400 days; run synchronize to read the forge's current state`,
    );
  }
  return removed;
}

async function requestUndo(
  dependencies: UndoRunDependencies,
  { organization, id, forge }: Synchronization,
  removed: readonly Removal[],
  request: UndoRequest,
  accountable: Accountable,
): Promise<void> {
  const { table, workQueue } = dependencies;
  const missing: ScopeName[] = [];
  const layout = traitsOf(forge).scopes;
  for (const [scope, removals] of byScope(layout, removed)) {
    const stored = new Set(
      (await loadScope(table, id, layout, scope)).facts.map(({ fact }) => factKey(fact)),
    );
    if (removals.some(({ before }) => !stored.has(factKey(before)))) {
      missing.push(scope);
    }
  }
  const workItems = missing.map((scope) => scopeWork(organization, id, scope));
  const attributes = { cause: causeOf(request), restore: request };
  await table.transact([
    ...workItems.map((workItem) => requestWork(workItem, request.at, attributes)),
    ownerAct(dependencies, organization, accountable, 'undo-run', `run ${request.run}`),
  ]);
  // One run reads all requested scopes.
  await workQueue.send(workItems.slice(0, 1).map((workItem) => workItem.message));
}

/** What is restored by now, and why the rest is not. */
async function outcomeOf(
  { table, clock }: Pick<UndoRunDependencies, 'table' | 'clock'>,
  synchronization: Synchronization,
  removed: readonly Removal[],
  at: number,
): Promise<Pick<Undone, 'scopes' | 'putBack' | 'left'>> {
  const { id, forge } = synchronization;
  const { scopes: layout, lagMs } = traitsOf(forge);
  const removedByScope = byScope(layout, removed);
  const scopes = await progressSince(table, synchronization, [...removedByScope.keys()], at, clock.now());
  const names = await namesFor(table, id, removed);
  const putBack: string[] = [];
  const left: { what: string; reason: string }[] = [];
  for (const [scope, removals] of removedByScope) {
    const progress = scopes.find((one) => one.scope === scope);
    // Loaded after the progress: what is missing once the read is done is not restored by it.
    const stored = await loadScope(table, id, layout, scope);
    const held = await heldKeys(table, id, scope, await findHeld(table, id, scope));
    for (const { before } of removals) {
      const key = factKey(before);
      const current = stored.facts.find((one) => factKey(one.fact) === key);
      const what = factText(before, names);
      if (current !== undefined && current.changedAt >= at) {
        putBack.push(what);
      } else if (current !== undefined) {
        const reason = held.has(key) ? 'still there: its removal is held' : 'already there';
        left.push({ what, reason });
      } else {
        left.push({
          what,
          reason: absenceOf(progress, { removedAt: stored.removed.get(key)?.changedAt ?? 0, at, lagMs }),
        });
      }
    }
  }
  return { scopes, putBack, left };
}

/** @param times in milliseconds since the epoch: when it was removed, and when the undo was requested */
function absenceOf(
  progress: ScopeProgress | undefined,
  { removedAt, at, lagMs }: { readonly removedAt: number; readonly at: number; readonly lagMs: number },
): string {
  if (removedAt > at) {
    return 'removed again by a later run';
  }
  const { outcome, scope, failure, lastSuccess, lookAgainAt } = progress ?? {};
  const why = failure && `${failure.code}: ${failure.message}`;
  if (outcome === 'failed') {
    return `${scope} could not be read: ${why}`;
  }
  if (outcome === 'pending') {
    return `${scope} has not been read yet${why === undefined ? '' : `: ${why}`}`;
  }
  const isRecent = lastSuccess !== undefined && Date.parse(lastSuccess) < removedAt + lagMs;
  return isRecent && lookAgainAt !== undefined
    ? `the code host does not show it yet; ${scope} is read again at ${lookAgainAt}`
    : 'the code host no longer has it';
}

function byScope(
  layout: ScopeLayout,
  removed: readonly Removal[],
): ReadonlyMap<ScopeName, readonly Removal[]> {
  return new Map(
    layout
      .map(({ name, kinds }) => [name, removed.filter(({ before }) => kinds.includes(before.kind))] as const)
      .filter(([, removals]) => removals.length > 0),
  );
}
