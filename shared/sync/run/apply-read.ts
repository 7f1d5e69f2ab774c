/** Plans and applies a complete read, and does so again when another writer changed the stored state meanwhile. */
import { isPart } from '../../domain/scopes.ts';
import type { ScopeRead } from '../../forge/forge.ts';
import { numberClaims } from '../../store/claim-store.ts';
import { forgetMissing, noteMissing } from '../../store/missing-store.ts';
import { causeIn, findApplying } from '../../store/scope-store.ts';
import { ConflictError, transactionItemsMax } from '../../store/table.ts';
import { requestWork, type WorkMessage } from '../../store/work.ts';
import { scopeWork } from '../../store/work-items.ts';
import type { FinishedReading, PlannedRead } from '../plan/decide.ts';
import { type EventReports, loadEventReports } from '../plan/load.ts';
import type { Missing } from '../plan/missing.ts';
import { createPlanner } from '../plan/plan-read.ts';
import { applyPlan } from './apply.ts';
import { confirmDeletions } from './confirm-deletions.ts';
import { nextExpiryAfter } from './expiry.ts';
import { withdrawFromFormerMembers } from './former-members.ts';
import { noteHeld } from './note-held.ts';
import type { Run } from './run.ts';
import { record } from './run-log.ts';
import { settleEventReports } from './settle-event-reports.ts';
import { partsMax, type TakenScope } from './take-scopes.ts';

const plansMax = 4;

/**
 * Brings what is stored in step with the read.
 *
 * @returns when to recheck, because an event or a very recent change contradicts the read; milliseconds since the
 *   epoch
 * @throws ForgeError when the forge cannot confirm what has to be confirmed
 * @throws ConflictError when the lease is lost, or after too many write conflicts
 */
export async function applyRead(
  run: Run,
  taken: TakenScope,
  reading: FinishedReading,
): Promise<{ readonly recheckAt: number | undefined }> {
  const { dependencies, synchronization, traits, log } = run;
  const { scope, state } = taken;
  const { read } = reading;
  const loaded = await loadEventReports(dependencies.table, synchronization.id, traits.scopes, scope, read);
  const claims = await numberClaims(dependencies.table, synchronization.id, loaded.claims);
  const reports = { ...loaded, claims };
  const planned = await planAndApply(run, taken, reading, reports);
  const { held, deferred, doubtful, overlooked } = planned;
  await noteHeld(dependencies, synchronization, traits.scopes, scope, held);
  await requestAlso(run, read);
  await requestOverlooked(run, overlooked);
  const recheckAt = await settleEventReports(run, taken, reading, reports, planned);
  log.scopes.push({
    scope,
    ...causeIn(state),
    outcome: 'whole',
    ...(held.length === 0 ? {} : { held: held.length }),
    ...(deferred.length === 0 ? {} : { deferred: deferred.length }),
  });
  const rechecks = [recheckAt, ...[...deferred, ...doubtful].map(({ until }) => until)].filter(
    (at) => at !== undefined,
  );
  return { recheckAt: rechecks.length === 0 ? undefined : Math.min(...rechecks) };
}

/** Plans again when another writer changed the stored state. @returns the plan that was applied */
async function planAndApply(
  run: Run,
  { scope, lease }: TakenScope,
  reading: FinishedReading,
  reports: EventReports,
): Promise<PlannedRead> {
  const { dependencies, synchronization, traits, reader } = run;
  const { table, workQueue, clock } = dependencies;
  const { read, observedAt, startedAt } = reading;
  const plan = createPlanner({ table, reader, traits }, synchronization, scope, reading, reports);
  const messages: WorkMessage[] = [];
  try {
    for (let plans = 1; ; plans++) {
      const now = clock.now();
      const planned = await plan(now);
      await recordMissing(run, planned.missing);
      const believed =
        isPart(scope) && planned.missing.unproven.has(scope)
          ? { ...reading, read: { ...read, absence: undefined } }
          : reading;
      messages.push(
        ...(await confirmDeletions({ table, now }, synchronization, scope, believed, planned.absent)),
      );
      await withdrawFromFormerMembers(run, scope, reading, planned.changes, reports.claims, now);
      try {
        await applyPlan(table, {
          layout: traits.scopes,
          synchronization,
          scope,
          lease,
          observedAt,
          startedAt,
          changes: planned.changes,
          isRest: plans > 1 && (await findApplying(table, synchronization.id, scope)) !== undefined,
          sawNothing: read.facts.length === 0,
          nextExpiryOf: (list) => nextExpiryAfter(traits.scopes, list, planned.states, read.facts, startedAt),
          covers: read.covers,
          states: planned.states,
          now,
          record: (changes) => record(run, changes),
          applied: (requested) => messages.push(...requested),
        });
        return planned;
      } catch (error) {
        if (!(error instanceof ConflictError) || plans === plansMax) {
          throw error;
        }
      }
    }
  } finally {
    await workQueue.send(messages);
  }
}

/** Before what is removed: the time counts from the first look-up that found nothing. */
async function recordMissing({ dependencies, synchronization }: Run, missing: Missing): Promise<void> {
  const { table, clock } = dependencies;
  const { id } = synchronization;
  const writes = [
    ...missing.first.map((part) => noteMissing(id, part, clock.now())),
    ...missing.over.map((part) => forgetMissing(id, part)),
  ];
  for (let from = 0; from < writes.length; from += transactionItemsMax) {
    await table.transact(writes.slice(from, from + transactionItemsMax));
  }
}

async function requestAlso({ dependencies, synchronization }: Run, read: ScopeRead): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  if (read.followUps.length === 0) {
    return;
  }
  const { organization, id } = synchronization;
  const workItems = [...new Set(read.followUps)].map((scope) => scopeWork(organization, id, scope));
  await table.transact(
    workItems.map((workItem) => requestWork(workItem, clock.now(), { cause: 'a part of it changed' })),
  );
  await workQueue.send(workItems.map((workItem) => workItem.message));
}

/**
 * Requests a read of each part that the list missed. If there are more than `partsMax`, none is requested: the next correct read
 * of the list decides them.
 */
async function requestOverlooked(
  { dependencies, synchronization: { organization, id } }: Run,
  overlooked: PlannedRead['overlooked'],
): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  if (overlooked.size === 0 || overlooked.size > partsMax) {
    return;
  }
  const workItems = [...overlooked].map(([part, handle]) => ({
    workItem: scopeWork(organization, id, part),
    handle,
  }));
  const cause = 'missing from its list, but found by its id';
  await table.transact(
    workItems.map(({ workItem, handle }) => requestWork(workItem, clock.now(), { cause, handle })),
  );
  await workQueue.send(workItems.map(({ workItem }) => workItem.message));
}
