/** One run on one scope of a synchronization: read whole, plan, apply. */
import type { ScopeName } from '../domain/facts.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import { credentialStates, type Synchronization } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import type { StructureReader } from '../forge/forge.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { RecordOutcome } from '../runtime/queue-handler.ts';
import type { Waker } from '../runtime/wake.ts';
import { equal } from '../store/condition.ts';
import { loadScope } from '../store/fact-store.ts';
import {
  drawNumber,
  findSynchronization,
  noteCredential,
  noteSuccess,
  parseScope,
  recordRun,
} from '../store/synchronization-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { scopeThing } from '../store/things.ts';
import { completeWork, type Lease, releaseLease, takeLease, underLease, type Wake } from '../store/work.ts';
import { applyPlan } from './apply.ts';
import { changeText, type PlannedChange, planScope } from './plan.ts';
import { planRecheck, raiseDueRecheck } from './recheck.ts';

/** A reader that knows how many requests it sent, if it does. */
export interface CountingReader extends StructureReader {
  requests?(): number;
}

export interface RunScopeDependencies {
  readonly table: Table;
  readonly waker: Waker;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly newLeaseId: () => string;
  /** The forge as the synchronization's credential shows it. */
  readonly openReader: (synchronization: Synchronization) => Promise<CountingReader>;
}

/** The function's time-out of 300 s and 30 s more. */
const leaseMs = 330_000;
/** Seconds to wait after the first, second and third failed read; after that the next reconcile asks again. */
const retrySeconds = [5, 30, 120] as const;
/** A rate limit that names no end. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const rateLimitMs = 60_000;
const plansMax = 4;
const recordedChangesMax = 50;
/** SQS delays no message for longer. */
const delaySecondsMax = 900;

interface Run {
  readonly synchronization: Synchronization;
  readonly scope: ScopeName;
  readonly lease: Lease;
  /** The run's number, drawn before its first request. */
  readonly observedAt: number;
  readonly startedAt: number;
  readonly reader: CountingReader;
  /** What was written and is to be woken so far, over all of its plans. */
  readonly applied: PlannedChange[];
  readonly wakes: Wake[];
}

/** The use case of the queue `sync`. A message that finds nothing to do, or somebody at work, is done. */
export async function runScope(
  dependencies: RunScopeDependencies,
  message: { readonly synchronization: SynchronizationId; readonly scope: ScopeName },
): Promise<RecordOutcome> {
  const { table, clock } = dependencies;
  const { scope } = message;
  const synchronization = await findSynchronization(table, message.synchronization);
  if (synchronization === undefined) {
    return 'reject';
  }
  const reader = await dependencies.openReader(synchronization);
  const thing = scopeThing(synchronization.organization, synchronization.id, scope);
  const startedAt = clock.now();
  const options = { leaseId: dependencies.newLeaseId(), now: startedAt, leaseMs };
  let lease = await takeLease(table, thing, options);
  if (lease === 'idle' && (await raiseDueRecheck(table, thing, startedAt))) {
    lease = await takeLease(table, thing, options);
  }
  if (lease === 'idle' || lease === 'busy') {
    return 'done';
  }
  const run: Run = {
    synchronization,
    scope,
    lease,
    observedAt: await underLease(table, lease, () => drawNumber(table, synchronization.id)),
    startedAt,
    reader,
    applied: [],
    wakes: [],
  };
  try {
    try {
      await readAndApply(dependencies, run);
    } finally {
      await dependencies.waker.wake(run.wakes);
    }
    await noteSuccess(table, synchronization, scope, clock.now());
    await record(dependencies, run, 'whole');
    const changed = run.applied.length > 0;
    const recheckSeconds = await planRecheck(table, lease, { changed, now: clock.now() });
    await complete(dependencies, run, { lastSuccessAt: clock.now(), attempts: 0 });
    if (recheckSeconds !== undefined) {
      await dependencies.waker.wake([thing.wake], recheckSeconds + 1);
    }
  } catch (error) {
    if (error instanceof ConflictError && !(await holdsLease(dependencies, run))) {
      // Another worker has the lease, with a higher number: it says what there is.
      return 'done';
    }
    await fail(dependencies, run, error);
    if (!(error instanceof ForgeError)) {
      throw error;
    }
  }
  return 'done';
}

async function readAndApply({ table, clock }: RunScopeDependencies, run: Run): Promise<void> {
  const { synchronization, scope, observedAt, lease } = run;
  await checkIdentity(run);
  const read = await run.reader.readScope(scope);
  await checkIdentity(run);
  for (let plans = 1; ; plans++) {
    const stored = await loadScope(table, synchronization.id, scope);
    const changes = planScope({
      scope,
      current: stored.facts,
      removed: stored.removed,
      read,
      observedAt,
    });
    try {
      await applyPlan(table, {
        synchronization,
        scope,
        lease,
        observedAt,
        changes,
        now: clock.now(),
        applied: (written, wakes) => {
          run.applied.push(...written);
          run.wakes.push(...wakes);
        },
      });
      return;
    } catch (error) {
      if (!(error instanceof ConflictError) || plans === plansMax) {
        throw error;
      }
    }
  }
}

/**
 * An answer from the wrong organization, or with a suspended app, may look like a whole read of nothing.
 *
 * @throws ForgeError `credential-rejected`
 */
async function checkIdentity({ reader, synchronization }: Run): Promise<void> {
  const organization = await reader.probe();
  if (organization.id !== synchronization.forgeOrganization) {
    throw new ForgeError('credential-rejected', 'the credential speaks for another organization');
  }
  if (organization.suspended) {
    throw new ForgeError('credential-rejected', 'the app is suspended in the organization');
  }
}

async function holdsLease({ table }: RunScopeDependencies, run: Run): Promise<boolean> {
  const item = await table.get(run.lease.thing.key);
  return item?.leaseId === run.lease.leaseId;
}

/** An unfinished read changed no right. What becomes of the work depends on what went wrong. */
async function fail(dependencies: RunScopeDependencies, run: Run, error: unknown): Promise<void> {
  const { table, waker, clock, logger } = dependencies;
  const now = clock.now();
  const code = error instanceof ForgeError ? error.code : 'unexpected';
  const message = error instanceof ForgeError ? error.message : 'the run failed; the log says why';
  const lastFailure = { at: now, code, message: message.slice(0, 300) };
  const { organization, id } = run.synchronization;
  logger.warn('a scope could not be read', { organization, synchronization: id, scope: run.scope, code });
  await record(dependencies, run, code);

  const credential = credentialStates.find((state) => state === code);
  if (credential !== undefined) {
    await noteCredential(table, run.synchronization, credential, run.scope, now);
    await complete(dependencies, run, { lastFailure, attempts: 0 });
    return;
  }
  const { attempts } = parseScope(run.lease.item);
  const notBefore = notBeforeOf(error, attempts, now);
  if (notBefore === undefined) {
    await complete(dependencies, run, { lastFailure, attempts: 0 });
    return;
  }
  const limited = code === 'rate-limited';
  await table.update(
    { key: run.lease.thing.key, set: { lastFailure, attempts: limited ? attempts : attempts + 1 } },
    equal('leaseId', run.lease.leaseId),
  );
  await releaseLease(table, run.lease, notBefore);
  const delay = Math.ceil((notBefore - now) / 1000) + 1;
  await waker.wake([run.lease.thing.wake], Math.min(delay, delaySecondsMax));
}

/** When to try again, in milliseconds since the epoch; undefined: the next reconcile asks. */
function notBeforeOf(error: unknown, attempts: number, now: number): number | undefined {
  if (error instanceof ForgeError && error.code === 'rate-limited') {
    return Math.max(error.notBefore ?? now + rateLimitMs, now);
  }
  const seconds = retrySeconds[attempts];
  return seconds === undefined ? undefined : now + seconds * 1000;
}

async function complete(
  { table, waker }: RunScopeDependencies,
  { lease }: Run,
  attributes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const outcome = await completeWork(table, lease, attributes);
  if (outcome === 'more') {
    await waker.wake([lease.thing.wake]);
  }
}

async function record(
  { table, clock, logger }: RunScopeDependencies,
  run: Run,
  outcome: string,
): Promise<void> {
  const { synchronization, scope, applied } = run;
  const count = (kind: PlannedChange['kind']): number =>
    applied.filter((change) => change.kind === kind).length;
  const counts = { add: count('add'), update: count('update'), remove: count('remove') };
  await recordRun(table, synchronization.id, run.observedAt, {
    scope,
    cause: parseScope(run.lease.item).cause,
    startedAt: run.startedAt,
    finishedAt: clock.now(),
    requests: run.reader.requests?.(),
    outcome,
    counts,
    changes: applied.slice(0, recordedChangesMax).map(changeText),
  });
  if (applied.length > 0) {
    logger.info('a scope changed', {
      organization: synchronization.organization,
      synchronization: synchronization.id,
      scope,
      ...counts,
    });
  }
}
