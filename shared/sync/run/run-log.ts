import { noteRun } from '../../store/audit-log.ts';
import {
  finishRun,
  noteChanges,
  noteOperations,
  type RunProgress,
  type ScopeRecord,
} from '../../store/run-store.ts';
import { causeIn } from '../../store/scope-store.ts';
import type { Operation } from '../../store/table.ts';
import { type PlannedChange, recordOf } from '../plan/plan.ts';
import type { Run, RunLog } from './run.ts';
import type { TakenScope } from './take-scopes.ts';

export const startLog = (taken: readonly TakenScope[]): RunLog => ({
  scopes: [],
  taken: taken.map(({ scope, state }) => ({ scope, ...causeIn(state) })),
  tries: 0,
});

/**
 * The operations that record changes in the history of the synchronization, and the run in that of the organization. They are part of the transaction that makes the changes, so that
 * every change is in the history and can be undone, wherever the worker dies.
 */
export function record(run: Run, changes: readonly PlannedChange[]): readonly Operation[] {
  if (changes.length === 0) {
    return [];
  }
  const { dependencies, synchronization, log } = run;
  const { scopes, taken } = log;
  const begun = taken
    .filter(({ scope }) => !scopes.some((one) => one.scope === scope))
    .map((one) => ({ ...one, outcome: 'begun' }));
  const progress = progressOf(run, [...scopes, ...begun]);
  const [now, counts] = [dependencies.clock.now(), countsOf(changes)];
  log.writesSince ??= now;
  const changed = { counts, changes: changes.map(recordOf) };
  return [
    ...noteChanges(synchronization.id, progress, log.tries++, changed, now),
    noteRun(synchronization, { number: run.number, at: log.writesSince, scopes: progress.scopes, counts }),
  ];
}

/** Operations that `record` adds to a transaction. */
export const recordOperations = noteOperations + 1;

/** Records the end of a run, whether it succeeded or not. */
export async function endLog(run: Run): Promise<void> {
  const { dependencies, synchronization, number, log } = run;
  const { table, clock, logger } = dependencies;
  const { counts } = await finishRun(table, synchronization.id, progressOf(run, log.scopes), clock.now());
  if (counts.add + counts.update + counts.remove > 0) {
    logger.info('an organization changed on its forge', {
      organization: synchronization.organization,
      synchronization: synchronization.id,
      run: number,
      ...counts,
    });
  }
}

function progressOf({ number, startedAt, reader }: Run, scopes: readonly ScopeRecord[]): RunProgress {
  return { number, startedAt, requests: reader.requests?.(), scopes };
}

export function countsOf(changes: readonly PlannedChange[]) {
  const count = (kind: PlannedChange['kind']): number =>
    changes.filter((change) => change.kind === kind).length;
  return { add: count('add'), update: count('update'), remove: count('remove') };
}
