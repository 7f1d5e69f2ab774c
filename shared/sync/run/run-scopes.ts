/**
 * One run of a synchronization: probe, read, probe, plan, apply. Parts come first, with a probe of their own behind them, so that what an
 * event told does not wait for the long lists.
 */
import type { SynchronizationId } from '../../domain/ids.ts';
import { type AnyScope, isPart } from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { RecordOutcome } from '../../runtime/queue-handler.ts';
import { drawNumber, findSynchronization, noteSuccess } from '../../store/synchronization-store.ts';
import { ConflictError } from '../../store/table.ts';
import { holdsLease, releaseLease } from '../../store/work.ts';
import { byPlanning } from '../plan/plan-read.ts';
import { applyRead } from './apply-read.ts';
import { completeScope, failScope, goOnLater, putOff } from './finish-scope.ts';
import { endsRun, probe } from './probe.ts';
import { type ReadingStep, readStep } from './read-step.ts';
import { resumePlan } from './resume-plan.ts';
import type { CountingReader, Run, RunScopesDependencies } from './run.ts';
import { endLog, startLog } from './run-log.ts';
import { reviewRights } from './suspension.ts';
import { type TakenScope, takeScopes } from './take-scopes.ts';

/** Well inside the function's 300 s, whatever the last answer takes. */
const stepDefaultMs = 120_000;
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
  const first = taken.filter((one) => isPart(one.scope) && one.servedBy === undefined);
  const lists = order.flatMap((scope) => taken.filter((one) => one.scope === scope));
  try {
    let isProbed = false;
    for (const group of [first, lists]) {
      if (group.length > 0) {
        const ended: GroupEnd = await runGroup(run, group, taken, isProbed);
        failures.push(...ended.failures);
        isProbed = ended.isProbed;
      }
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

/** When the part is to be looked at again by what it said before, if the read began earlier; milliseconds since the epoch. */
const laterLook = ({ state: { recheckAt } }: TakenScope, startedAt: number): number | undefined =>
  recheckAt !== undefined && recheckAt > startedAt ? recheckAt : undefined;

interface GroupEnd {
  /** What went wrong, after each has been noted on its scope. */
  readonly failures: readonly unknown[];
  /** Whether the last thing that was asked was the probe, and it was good: it opens the next group too. */
  readonly isProbed: boolean;
}

async function runGroup(
  run: Run,
  group: readonly TakenScope[],
  all: readonly TakenScope[],
  isProbed: boolean,
): Promise<GroupEnd> {
  const { dependencies } = run;
  const failures: unknown[] = [];
  /** Notes the failure on the scope and on the parts that its read would have served. */
  const fail = async (scopes: readonly TakenScope[], error: unknown): Promise<void> => {
    failures.push(error);
    for (const one of scopes) {
      if (error instanceof ConflictError && !(await holdsLease(dependencies.table, one.lease))) {
        // Another worker has the lease, with a higher number: it says what there is.
        failures.pop();
        continue;
      }
      await failScope(run, one, error);
    }
  };
  const withServed = (one: TakenScope): readonly TakenScope[] => [
    one,
    ...all.filter((other) => other.servedBy !== undefined && other.servedBy === one.scope),
  ];

  let waiting = [...group];
  const steps: { readonly taken: TakenScope; readonly step: ReadingStep }[] = [];
  const deadline = run.startedAt + (dependencies.stepMs ?? stepDefaultMs);
  try {
    for (const one of group) {
      await resumePlan(run, one);
    }
    if (!isProbed) {
      await probe(run);
    }
    while (waiting[0] !== undefined) {
      const [one, ...rest] = waiting;
      if (steps.length > 0 && dependencies.clock.now() >= deadline) {
        for (const later of waiting.flatMap(withServed)) {
          await putOff(run, later);
        }
        waiting = [];
        break;
      }
      try {
        steps.push({ taken: one, step: await readStep(run, one, deadline) });
      } catch (error) {
        if (endsRun(error)) {
          throw error;
        }
        await fail(withServed(one), error);
      }
      waiting = rest;
    }
    if (steps.length > 0) {
      await probe(run);
    }
  } catch (error) {
    // What is wrong with the credential is wrong with every scope; and nothing that was read counts without the closing probe.
    await fail([...steps.map(({ taken }) => taken), ...waiting].flatMap(withServed), error);
    return { failures, isProbed: false };
  }
  const whole: AnyScope[] = [];
  for (const { taken, step } of steps.toSorted((one, other) =>
    byPlanning(one.taken.scope, other.taken.scope),
  )) {
    const [, ...served] = withServed(taken);
    try {
      if (step.read === undefined) {
        await goOnLater(run, taken, step);
        for (const one of served) {
          await putOff(run, one);
        }
      } else {
        const { lookAt } = await applyRead(run, taken, { ...step, read: step.read });
        whole.push(taken.scope);
        await completeScope(run, taken, step.observedAt, lookAt, step.read.notShown);
        for (const one of served) {
          // What it said itself to look at again is still to be looked at: the list leaves that to it.
          await completeScope(run, one, step.observedAt, laterLook(one, step.startedAt));
        }
      }
    } catch (error) {
      await fail(withServed(taken), error);
    }
  }
  if (whole.length > 0) {
    await noteSuccess(dependencies.table, run.synchronization, whole, dependencies.clock.now());
    if (run.synchronization.rightsSuspendedAt !== undefined) {
      await reviewRights(dependencies, run.synchronization.id);
    }
  }
  return { failures, isProbed: steps.length > 0 };
}
