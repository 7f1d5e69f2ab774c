/** The second half of a run: applies what was read, and records the outcome on each scope. */
import { primaryOf } from '../../domain/primary.ts';
import { type AnyScope, byPlanning, listsOf, scopesOfKinds } from '../../domain/scopes.ts';
import { addAuditEntry, fromDelivery } from '../../store/audit-log.ts';
import { dropInvitations } from '../../store/invitation-store.ts';
import { noteEverybody } from '../../store/known-account-store.ts';
import { findOrganization } from '../../store/organization-store.ts';
import { noteSuccess, synchronizationsOf } from '../../store/synchronization-store.ts';
import { ConflictError } from '../../store/table.ts';
import { holdsLease, requestWork } from '../../store/work.ts';
import { grantsWork } from '../../store/work-items.ts';
import { applyRead } from './apply-read.ts';
import { completeScope, failScope, putOff, storeStep } from './finish-scope.ts';
import type { ScopeToRead } from './read-scope.ts';
import type { FailedScopes, ScopeReading, ScopesRead } from './read-scopes.ts';
import type { Run } from './run.ts';
import { reviewRights } from './suspension.ts';
import type { TakenScope } from './take-scopes.ts';

/**
 * Applies the complete reads, parents before the rows that refer to them.
 *
 * @returns the errors of reading and applying, each already recorded on its scopes
 */
export async function applyScopes(
  run: Run,
  { steps, later, failed }: Pick<ScopesRead, 'steps' | 'later' | 'failed'>,
): Promise<readonly unknown[]> {
  const failures = [...failed];
  for (const failure of failed) {
    await noteFailure(run, failure);
  }
  for (const one of later.flatMap(allOf)) {
    await putOff(run, one);
  }
  const whole: AnyScope[] = [];
  const compare = byPlanning(run.traits.scopes);
  const inOrder = steps.toSorted((one, other) => compare(one.taken.scope, other.taken.scope));
  for (const one of inOrder) {
    try {
      await finish(run, one, whole);
    } catch (error) {
      const failure = { scopes: [one], error };
      failures.push(failure);
      await noteFailure(run, failure);
    }
  }
  await noteWhole(run, whole, loginIn(steps, whole));
  return failures.map(({ error }) => error);
}

const allOf = ({ taken, served }: ScopeToRead): readonly TakenScope[] => [taken, ...served];

/** @param whole collects the scopes that were applied */
async function finish(run: Run, { taken, served, step }: ScopeReading, whole: AnyScope[]): Promise<void> {
  const { read, observedAt, startedAt } = step;
  if (read === undefined) {
    await storeStep(run, taken, step);
    for (const one of served) {
      await putOff(run, one);
    }
    return;
  }
  const { recheckAt } = await applyRead(run, taken, { read, observedAt, startedAt });
  whole.push(taken.scope);
  await completeScope(run, taken, observedAt, recheckAt, read, step.requests);
  for (const one of served) {
    if (listsOf(run.traits.scopes, one.scope).every((list) => whole.includes(list))) {
      // A recheck that the part has scheduled itself is still due: the list read does not replace it.
      await completeScope(run, one, observedAt, laterRecheck(one, startedAt));
    } else {
      // Another of its lists could not be read.
      await putOff(run, one);
    }
  }
}

/** The part's own recheck, if it is due after the read began; milliseconds since the epoch. */
const laterRecheck = ({ state: { recheckAt } }: TakenScope, startedAt: number): number | undefined =>
  recheckAt !== undefined && recheckAt > startedAt ? recheckAt : undefined;

/** Records the failure on the scopes, and on the parts that their reads would have served. */
async function noteFailure(run: Run, { scopes, error }: FailedScopes): Promise<void> {
  for (const one of scopes.flatMap(allOf)) {
    // If another worker has taken the lease meanwhile, it reads under a higher number and records its own outcome.
    const isOvertaken =
      error instanceof ConflictError && !(await holdsLease(run.dependencies.table, one.lease));
    if (!isOvertaken) {
      await failScope(run, one, error);
    }
  }
}

/** What the organization is called, if one of the reads that were applied says so. */
const loginIn = (steps: readonly ScopeReading[], whole: readonly AnyScope[]): string | undefined =>
  steps
    .filter(({ taken }) => whole.includes(taken.scope))
    .flatMap(({ step }) => step.read?.facts ?? [])
    .find((fact) => fact.kind === 'settings')?.login;

/** A complete read restores suspended access. */
async function noteWhole(run: Run, whole: readonly AnyScope[], login: string | undefined): Promise<void> {
  const { dependencies, synchronization } = run;
  if (whole.length === 0) {
    return;
  }
  await noteFirstPeople(run, whole);
  await endInvitations(run, whole);
  await noteSuccess(dependencies.table, synchronization, whole, dependencies.clock.now(), login);
  if (synchronization.rightsSuspendedAt !== undefined) {
    // Any of the reads that were missing may be the last.
    const { delivery } = run.log.taken.findLast((one) => one.delivery !== undefined) ?? {};
    await reviewRights(dependencies, synchronization.id, delivery);
  }
}

/** Where new members wait, those whom the first read of a list finds do not: they were there before. Before that is noted as read. */
async function noteFirstPeople(
  { dependencies: { table, workQueue, clock }, synchronization, traits }: Run,
  whole: readonly AnyScope[],
): Promise<void> {
  const lists = scopesOfKinds(traits.scopes, ['member', 'collaborator']);
  const isFirst = lists.some(
    (list) => whole.includes(list) && synchronization.lastSuccessAt[list] === undefined,
  );
  const organization = isFirst ? await findOrganization(table, synchronization.organization) : undefined;
  if (organization?.newMembers !== 'waiting') {
    return;
  }
  await noteEverybody(table, synchronization);
  const grants = grantsWork(organization.id);
  await table.transact([requestWork(grants, clock.now())]);
  await workQueue.send([grants.message]);
}

/**
 * From the first whole read of the primary's members on, its code host says who the people are: nobody is invited any more. Before that is noted as
 * read, so that it is done again if the worker dies in between.
 */
async function endInvitations(
  { dependencies: { table, clock, newLeaseId }, synchronization, log }: Run,
  whole: readonly AnyScope[],
): Promise<void> {
  const { id, organization: of, login, lastSuccessAt } = synchronization;
  if (lastSuccessAt.members !== undefined || !whole.includes('members')) {
    return;
  }
  const organization = await findOrganization(table, of);
  const primary = organization && primaryOf(organization, await synchronizationsOf(table, of));
  const invitations = primary?.id === id ? await dropInvitations(table, of) : 0;
  if (invitations > 0) {
    const entry = {
      ...{ at: clock.now(), by: login, act: 'end-invitations', subject: login },
      why: 'the code host says who the people are',
      actor: { kind: 'synchronization' as const, id, name: login },
      ...fromDelivery(log.taken.find(({ scope }) => scope === 'members')?.delivery),
      before: { invitations },
    };
    await table.transact([addAuditEntry(of, entry, newLeaseId())]);
  }
}
