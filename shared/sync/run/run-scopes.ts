/**
 * One run of a synchronization: probe, read, probe, plan, apply. Parts come first, with a closing probe of their own,
 * so that the effect of an event does not wait for the long lists.
 */
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import type { SynchronizationId } from '../../domain/ids.ts';
import { type AnyScope, isPart } from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import { traitsOf } from '../../forge/modules.ts';
import type { RecordOutcome } from '../../runtime/queue-handler.ts';
import { drawNumber, findSynchronization } from '../../store/synchronization-store.ts';
import { ConflictError } from '../../store/table.ts';
import { releaseLease } from '../../store/work.ts';
import { applyScopes } from './apply-scopes.ts';
import { readScopes, type ScopesRead } from './read-scopes.ts';
import type { CountingReader, Run, RunScopesDependencies } from './run.ts';
import { endLog, startLog } from './run-log.ts';
import { type TakenScope, takeScopes } from './take-scopes.ts';

/** The use case of the queue `sync`. A message that finds nothing to do, or another worker on the scope, is done. */
export async function runScopes(
  dependencies: RunScopesDependencies,
  message: { readonly synchronization: SynchronizationId; readonly scope: AnyScope },
): Promise<RecordOutcome> {
  const { table } = dependencies;
  const synchronization = await findSynchronization(table, message.synchronization);
  if (synchronization === undefined) {
    return 'reject';
  }
  const reader = await openReader(dependencies, synchronization);
  const traits = traitsOf(synchronization.forge);
  const taken = await takeScopes(dependencies, synchronization, traits.scopes, message.scope);
  if (taken.length === 0) {
    return 'done';
  }
  try {
    return await runTaken(dependencies, synchronization, traits, reader, taken);
  } catch (error) {
    // This error matters more than one from releasing the leases; a lease that is not released expires.
    await Promise.allSettled(taken.map(({ lease }) => releaseLease(table, lease)));
    throw error;
  }
}

/** Defers the error of opening the forge to the probe, so that it is recorded on the scopes. */
async function openReader(
  dependencies: RunScopesDependencies,
  synchronization: Synchronization,
): Promise<CountingReader> {
  try {
    return await dependencies.openReader(synchronization);
  } catch (error) {
    if (!(error instanceof ForgeError)) {
      throw error;
    }
    const refuse = async (): Promise<never> => {
      throw error;
    };
    return { probe: refuse, readScope: refuse, lookUp: refuse };
  }
}

async function runTaken(
  dependencies: RunScopesDependencies,
  synchronization: Synchronization,
  traits: ForgeTraits,
  reader: CountingReader,
  taken: readonly TakenScope[],
): Promise<RecordOutcome> {
  const { table, clock } = dependencies;
  const run: Run = {
    traits,
    dependencies,
    synchronization,
    reader,
    number: await drawNumber(table, synchronization.id),
    startedAt: clock.now(),
    log: startLog(taken),
  };
  const failures: unknown[] = [];
  const parts = taken.filter((one) => isPart(one.scope) && one.servedBy === undefined);
  const lists = traits.scopes.flatMap(({ name }) => taken.filter((one) => one.scope === name));
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
