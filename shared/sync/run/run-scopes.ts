/**
 * One run of a synchronization: probe, read, probe, plan, apply. Parts come first, with a probe of their own behind them, so that what an
 * event told does not wait for the long lists.
 */
import type { SynchronizationId } from '../../domain/ids.ts';
import { type AnyScope, isPart } from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { RecordOutcome } from '../../runtime/queue-handler.ts';
import { drawNumber, findSynchronization } from '../../store/synchronization-store.ts';
import { ConflictError } from '../../store/table.ts';
import { releaseLease } from '../../store/work.ts';
import { applyScopes } from './apply-scopes.ts';
import { reviewExpiries } from './expiry.ts';
import { readScopes, type ScopesRead } from './read-scopes.ts';
import type { CountingReader, Run, RunScopesDependencies } from './run.ts';
import { endLog, startLog } from './run-log.ts';
import { type TakenScope, takeScopes } from './take-scopes.ts';

/** Whole scopes in the order in which they are read: who may do anything at all comes before the rest. */
const order = ['settings', 'members', 'teams', 'roles', 'repositories'] as const;

/** The use case of the queue `sync`. A message that finds nothing to do, or somebody at work, is done. */
export async function runScopes(
  dependencies: RunScopesDependencies,
  message: { readonly synchronization: SynchronizationId; readonly scope: AnyScope },
): Promise<RecordOutcome> {
  const { table } = dependencies;
  const synchronization = await findSynchronization(table, message.synchronization);
  if (synchronization === undefined) {
    return 'reject';
  }
  const reader = await dependencies.openReader(synchronization);
  const taken = await takeScopes(dependencies, synchronization, message.scope);
  if (taken.length === 0) {
    return 'done';
  }
  try {
    await reviewExpiries(dependencies, synchronization, taken);
    return await runTaken(dependencies, synchronization, reader, taken);
  } catch (error) {
    // The error says more than that of giving back; a lease that is not given back ends by itself.
    await Promise.allSettled(taken.map(({ lease }) => releaseLease(table, lease)));
    throw error;
  }
}

async function runTaken(
  dependencies: RunScopesDependencies,
  synchronization: Synchronization,
  reader: CountingReader,
  taken: readonly TakenScope[],
): Promise<RecordOutcome> {
  const { table, clock } = dependencies;
  const run: Run = {
    dependencies,
    synchronization,
    reader,
    number: await drawNumber(table, synchronization.id),
    startedAt: clock.now(),
    log: startLog(taken),
  };
  const failures: unknown[] = [];
  const parts = taken.filter((one) => isPart(one.scope) && one.servedBy === undefined);
  const lists = order.flatMap((scope) => taken.filter((one) => one.scope === scope));
  try {
    let isProbed = false;
    for (const group of [parts, lists].filter(({ length }) => length > 0)) {
      const scopes = group.map((one) => ({
        taken: one,
        served: taken.filter(({ servedBy }) => servedBy !== undefined && servedBy === one.scope),
      }));
      const read: ScopesRead = await readScopes(run, scopes, isProbed);
      failures.push(...(await applyScopes(run, read)));
      isProbed = read.isProbed;
    }
  } finally {
    await endLog(run);
  }
  const unexpected = failures.find(
    (error) => !(error instanceof ForgeError || error instanceof ConflictError),
  );
  if (unexpected !== undefined) {
    throw unexpected;
  }
  return 'done';
}
