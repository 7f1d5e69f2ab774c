/** Ends the work on a scope: done, continued later, or failed, with a rule for each kind of failure. */

import { isPart, mainScopeOf } from '../../domain/scopes.ts';
import { credentialStates } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { ScopeRead } from '../../forge/forge.ts';
import { delaySecondsUntil, retrySeconds } from '../../runtime/retries.ts';
import { removeChunks } from '../../store/chunk-store.ts';
import { equal } from '../../store/condition.ts';
import { chunkNames, tableKeys } from '../../store/keys.ts';
import { causeIn, partSeconds } from '../../store/scope-store.ts';
import { noteCredential } from '../../store/synchronization-store.ts';
import { ConflictError } from '../../store/table.ts';
import { completeWork, releaseLease } from '../../store/work.ts';
import { comparedState } from './compared-state.ts';
import type { ScopeReadStep } from './read-scope.ts';
import type { Run } from './run.ts';
import type { TakenScope } from './take-scopes.ts';

/**
 * The wait for a rate limit that names no end.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
const rateLimitMs = 60_000;

/**
 * Marks a scope as done after a complete read was applied. Work requested after the read's first step stays to be
 * done.
 *
 * @param observedAt the read's number
 * @param read what it said besides facts; undefined for a part that another read served
 * @param recheckAt when to recheck; milliseconds since the epoch
 * @param requests that it took
 */
export async function completeScope(
  run: Run,
  taken: TakenScope,
  observedAt: number,
  recheckAt?: number,
  read?: Pick<ScopeRead, 'hiddenReason' | 'compared' | 'watched' | 'readBy'>,
  requests?: number,
): Promise<void> {
  const { table, clock } = run.dependencies;
  const { reading, notShown: before } = taken.state;
  const hiddenReason = read?.hiddenReason;
  const isLater = reading !== undefined && reading.number === observedAt;
  const answered = isLater ? { ...taken, lease: { ...taken.lease, wanted: reading.wanted } } : taken;
  const attributes = {
    lastSuccessAt: clock.now(),
    ...(requests !== undefined && { requests, readBy: read?.readBy }),
    attempts: 0,
    reading: undefined,
    handle: undefined,
    notShown:
      hiddenReason === undefined ? undefined : { why: hiddenReason, since: before?.since ?? clock.now() },
    ...(read?.compared && comparedState(run, taken, read.compared)),
    ...(read?.watched && { watched: read.watched.length > watchedMax ? undefined : read.watched }),
  };
  await complete(run, answered, attributes, recheckAt);
  if (reading !== undefined) {
    await removeChunks(table, run.synchronization.id, chunkNames.reading(taken.scope));
  }
}

/** With more, which are some 50 KB, everything is read each time. */
const watchedMax = 5_000;

/** Stores the end of a step and sends the message for the next one. */
export async function storeStep(
  run: Run,
  taken: TakenScope,
  { observedAt, startedAt, notBefore, requests, progress }: ScopeReadStep,
): Promise<void> {
  const before = taken.state.reading;
  const wanted = before?.number === observedAt ? before.wanted : taken.lease.wanted;
  const reading = { number: observedAt, startedAt, wanted, requests, ...progress };
  run.log.scopes.push({ scope: taken.scope, ...causeIn(taken.state), outcome: 'unfinished' });
  await putOff(run, taken, { notBefore, attributes: { reading } });
}

async function complete(
  { dependencies }: Run,
  { scope, lease }: TakenScope,
  attributes: Readonly<Record<string, unknown>>,
  recheckAt: number | undefined,
): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  const kept = isPart(scope) ? { [tableKeys.expiry]: Math.ceil(clock.now() / 1000) + partSeconds } : {};
  const outcome = await completeWork(
    table,
    lease,
    { ...kept, ...attributes, recheckAt: recheckAt },
    recheckAt,
  );
  if (outcome === 'more') {
    await workQueue.send([lease.workItem.message]);
  } else if (recheckAt !== undefined) {
    await workQueue.send([lease.workItem.message], secondsUntil(recheckAt, clock.now()));
  }
}

/** Releases the lease and sends a message, so that the work continues in another step. */
export async function putOff(
  { dependencies }: Run,
  { lease }: TakenScope,
  later: {
    readonly notBefore?: number | undefined;
    readonly attributes?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  await releaseLease(table, lease, later.notBefore, later.attributes);
  await workQueue.send(
    [lease.workItem.message],
    later.notBefore === undefined ? 0 : secondsUntil(later.notBefore, clock.now()),
  );
}

/** Records a failed read, which changes no right. What happens to the work depends on the error. */
export async function failScope(run: Run, taken: TakenScope, error: unknown): Promise<void> {
  const { dependencies, synchronization, log } = run;
  const { table, clock, logger } = dependencies;
  const { scope, lease, state } = taken;
  const now = clock.now();
  const { code, message } = describe(error);
  const lastFailure = { at: now, code, message: message.slice(0, 300) };
  const { organization, id } = synchronization;
  logger.warn('a scope could not be read', { organization, synchronization: id, scope, code });
  log.scopes.push({ scope, ...causeIn(state), outcome: code });

  // After an outage the stored pages are still good. A list that does not add up would fail again if resumed.
  const kept = ['rate-limited', 'unavailable'].includes(code) ? {} : { reading: undefined };
  const credential = credentialStates.find((one) => one === code);
  if (credential !== undefined) {
    await noteCredential(table, synchronization, credential, mainScopeOf(run.traits.scopes, scope), now);
    await complete(run, taken, { lastFailure, attempts: 0, ...kept }, undefined);
    return;
  }
  const notBefore = notBeforeOf(error, state.attempts, now);
  if (notBefore === undefined) {
    await complete(run, taken, { lastFailure, attempts: 0, ...kept }, undefined);
    return;
  }
  const limited = code === 'rate-limited';
  await table.update(
    {
      key: lease.workItem.key,
      set: { lastFailure, attempts: limited ? state.attempts : state.attempts + 1, ...kept },
    },
    equal('leaseId', lease.leaseId),
  );
  await putOff(run, taken, { notBefore });
}

function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof ForgeError) {
    return error;
  }
  return error instanceof ConflictError
    ? { code: 'outdated', message: 'a later read finished first' }
    : { code: 'unexpected', message: 'the run failed; the log says why' };
}

/** When to try again, in milliseconds since the epoch; undefined leaves it to the next reconcile. */
function notBeforeOf(error: unknown, attempts: number, now: number): number | undefined {
  if (error instanceof ForgeError && error.code === 'rate-limited') {
    return Math.max(error.notBefore ?? now + rateLimitMs, now);
  }
  const seconds = retrySeconds[attempts];
  return seconds === undefined ? undefined : now + seconds * 1000;
}

/** One second is added: a message must not arrive before its time. */
const secondsUntil = (at: number, now: number): number => delaySecondsUntil(at + 1000, now);
