/** What a run did, gathered on its way and kept for the history. */
import { recordRun, type ScopeRecord } from '../store/run-store.ts';
import { changeText, type PlannedChange } from './plan.ts';
import type { Run } from './run-scopes.ts';

export interface RunLog {
  readonly scopes: ScopeRecord[];
  /** What was written so far. */
  readonly applied: PlannedChange[];
}

export const startLog = (): RunLog => ({ scopes: [], applied: [] });

export async function recordOf(run: Run): Promise<void> {
  const { dependencies, synchronization, number, startedAt, reader, log } = run;
  const { table, clock, logger } = dependencies;
  const { applied, scopes } = log;
  const counts = countsOf(applied);
  const requests = reader.requests?.();
  const record = { startedAt, finishedAt: clock.now(), requests, scopes, counts };
  const removed = applied.filter(({ kind }) => kind === 'remove');
  await recordRun(
    table,
    synchronization.id,
    number,
    record,
    applied.map(changeText),
    removed.map(({ fact, reason }) => ({ fact, reason })),
  );
  if (applied.length > 0) {
    logger.info('an organization changed on its forge', {
      organization: synchronization.organization,
      synchronization: synchronization.id,
      run: number,
      ...counts,
    });
  }
}

export function countsOf(changes: readonly PlannedChange[]) {
  const count = (kind: PlannedChange['kind']): number =>
    changes.filter((change) => change.kind === kind).length;
  return { add: count('add'), update: count('update'), remove: count('remove') };
}
