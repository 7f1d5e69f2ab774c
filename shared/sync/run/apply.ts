/**
 * Writes a plan in transactions, in the plan's order. Each holds the scope's lease and requests the follow-up work
 * that its facts require. A plan too big for one transaction is stored first and marked as being applied: publishers
 * wait for its end, and if the worker dies the next one finishes it without the forge.
 */
import {
  type AnyScope,
  isPart,
  listsOf,
  type PartScope,
  type ScopeLayout,
  type ScopeName,
} from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { putChunks, removeChunks } from '../../store/chunk-store.ts';
import { all, type Condition, equal, missing, missingOrLess } from '../../store/condition.ts';
import { putFact, removeFact } from '../../store/fact-store.ts';
import { chunkNames, keys, tableKeys } from '../../store/keys.ts';
import { partSeconds, type ScopeState } from '../../store/scope-store.ts';
import { markImported } from '../../store/synchronization-store.ts';
import { type Operation, type Table, transactionItemsMax } from '../../store/table.ts';
import { type Lease, requestWork, type WorkItem, type WorkMessage } from '../../store/work.ts';
import { scanWork } from '../../store/work-items.ts';
import { affectedBy, affectedMax, affectingEverybody } from '../plan/affected-principals.ts';
import { isMissing, type PlannedChange } from '../plan/plan.ts';
import { repositoryToScan } from '../plan/repository-to-scan.ts';
import { recordOperations } from './run-log.ts';

export interface Application {
  readonly layout: ScopeLayout;
  readonly synchronization: Synchronization;
  readonly scope: AnyScope;
  readonly lease: Lease;
  /** The read's number. */
  readonly observedAt: number;
  /** When the read began, in milliseconds since the epoch; undefined for a plan that an earlier version stored. */
  readonly startedAt: number | undefined;
  readonly changes: readonly PlannedChange[];
  /** Whether an earlier plan was only partly written. This plan supersedes the rest of it and clears its mark. */
  readonly isRest?: boolean;
  /** Whether the read found nothing at all. */
  readonly sawNothing?: boolean;
  /** When the next grant in a list expires, this read included; milliseconds since the epoch. */
  readonly nextExpiryOf: (list: ScopeName) => number | undefined;
  /** For the read of a part: the parts that it is complete for. */
  readonly covers: readonly PartScope[];
  /** The states of scopes and parts that the plan was made with. */
  readonly states: ReadonlyMap<AnyScope, Pick<ScopeState, 'readAt' | 'partsRead'>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The history's part of the transaction that writes the changes; at most `recordOperations`. */
  readonly record: (changes: readonly PlannedChange[]) => readonly Operation[];
  /** Called after each transaction with the work that it requested. */
  readonly applied: (messages: readonly WorkMessage[]) => void;
}

/** A stored plan that nobody finished in a day is useless: later reads have replaced it. */
const planSeconds = 24 * 3600;

/**
 * @throws ConflictError when the lease is lost, or a later read wrote one of the facts, a part or the whole scope
 */
export async function applyPlan(table: Table, application: Application): Promise<void> {
  const { synchronization, scope, observedAt, now } = application;
  const guards = guardsOf(application);
  // The mark of a stored plan, and that of the import.
  const ownItems = guards.last.length + recordOperations + 2;
  const few = batchesOf(application, ownItems + affectedMax);
  // A large plan affects everybody; finding the affected principals one by one would take longer.
  const isLarge = few.length > 1;
  const batches = isLarge ? batchesOf(application, ownItems + 1) : few;
  const isStored = batches.length > 1;
  if (isStored) {
    await storePlan(table, application);
  }
  const isMarked = isStored || application.isRest === true;
  for (const [place, batch] of batches.entries()) {
    const last = place === batches.length - 1;
    // Publishers that ran on the half-written plan widened nothing, and must run again now that it is complete.
    const affected =
      isMarked && last
        ? affectingEverybody(synchronization, now)
        : await affectedBy(table, synchronization, batch.changes, now, isLarge);
    const operations: Operation[] = [
      ...(last ? guards.last : guards.between),
      ...batch.changes.map((change) => factOperation(application, change)),
      ...application.record(batch.changes),
      ...batch.requested.map((workItem) => requestWork(workItem, now)),
      ...affected.operations,
    ];
    if (isStored && place === 0) {
      const applying = { since: now, number: observedAt };
      operations.push({ put: keys.applying(synchronization.id, scope), item: applying });
    }
    if (isMarked && last) {
      operations.push({ delete: keys.applying(synchronization.id, scope) });
    }
    if (last && isImport(application)) {
      operations.push(markImported(synchronization.id, observedAt, now));
    }
    await table.transact(operations);
    application.applied([...affected.requested, ...batch.requested].map((workItem) => workItem.message));
  }
  if (isMarked) {
    await removeChunks(table, synchronization.id, chunkNames.plan(scope));
  }
}

/**
 * Whether this is the first complete read of the repositories. An empty one does not count where the owner chose some
 * of them: the repositories that it missed would later pass for new ones.
 */
function isImport({ synchronization, scope, sawNothing }: Application): boolean {
  const { importObservedAt, choice } = synchronization;
  const isCredible = !sawNothing || choice === 'all';
  return scope === 'repositories' && importObservedAt === undefined && isCredible;
}

async function storePlan(
  table: Table,
  { synchronization, scope, observedAt, startedAt, changes, covers, now }: Application,
): Promise<void> {
  const expiresAt = Math.ceil(now / 1000) + planSeconds;
  const plan = { observedAt, startedAt, changes, covers };
  await putChunks(table, synchronization.id, chunkNames.plan(scope), plan, expiresAt);
}

interface Guards {
  readonly between: readonly Operation[];
  readonly last: readonly Operation[];
}

/**
 * Conditions that the lease is ours and that no later read covers what this one left unchanged. A list read records
 * its number on the list, a part read on each part, and the list counts the reads of its parts.
 */
function guardsOf(application: Application): Guards {
  const { scope } = application;
  return isPart(scope) ? guardsOfPart(application, scope) : guardsOfList(application, scope);
}

function guardsOfList(
  { lease, observedAt, startedAt, states, nextExpiryOf }: Application,
  scope: ScopeName,
): Guards {
  const partsRead = states.get(scope)?.partsRead ?? 0;
  const ours = equal('leaseId', lease.leaseId);
  const noPart: Condition = partsRead === 0 ? missing('partsRead') : equal('partsRead', partsRead);
  // The same number passes too: a read in steps continues under its number if the worker died after its last
  // transaction.
  const noLater = missingOrLess('readAt', observedAt + 1);
  const when = all(ours, noLater, noPart);
  const { key } = lease.workItem;
  const set = { readAt: observedAt, readBegunAt: startedAt, nextExpiryAt: nextExpiryOf(scope) };
  return { between: [{ check: key, when }], last: [{ update: { key, set }, when }] };
}

function guardsOfPart(application: Application, scope: PartScope): Guards {
  const { synchronization, layout, lease, observedAt, startedAt, covers, states, now } = application;
  const { id } = synchronization;
  const ours = equal('leaseId', lease.leaseId);
  const older = missingOrLess('readAt', observedAt);
  const lists = listsOf(layout, scope).map((list) => {
    const nextExpiryAt = application.nextExpiryOf(list);
    return { key: keys.scope(id, list), ...(nextExpiryAt && { set: { nextExpiryAt } }) };
  });
  // The affected principals were determined from these parts as they were: none may have been read since.
  const asPlanned = (part: PartScope): Condition => {
    const readAt = states.get(part)?.readAt;
    return readAt === undefined ? missing('readAt') : all(equal('readAt', readAt), older);
  };
  const parts = [...new Set([scope, ...covers])].map((part) => ({
    key: keys.scope(id, part),
    when: part === scope ? all(ours, older) : asPlanned(part),
  }));
  const expiresAt = Math.ceil(now / 1000) + partSeconds;
  const set = { readAt: observedAt, readBegunAt: startedAt, [tableKeys.expiry]: expiresAt };
  return {
    between: [
      ...lists.map(({ key }) => ({ check: key, when: older })),
      ...parts.map(({ key, when }) => ({ check: key, when })),
    ],
    last: [
      ...lists.map((list) => ({ update: { ...list, add: { partsRead: 1 } }, when: older })),
      ...parts.map(({ key, when }) => ({ update: { key, set }, when })),
    ],
  };
}

interface Batch {
  readonly changes: readonly PlannedChange[];
  readonly requested: readonly WorkItem[];
}

/**
 * Splits the plan so that each batch fits into one transaction. At least one batch: a read without changes is
 * recorded too.
 */
function batchesOf({ synchronization, changes }: Application, ownItems: number): readonly Batch[] {
  const batches: Batch[] = [];
  let part: PlannedChange[] = [];
  let requested = new Map<string, WorkItem>();
  for (const change of changes) {
    const caused = requestedBy(synchronization, change).filter(
      (workItem) => !requested.has(nameOf(workItem)),
    );
    if (part.length + requested.size + 1 + caused.length > transactionItemsMax - ownItems) {
      batches.push({ changes: part, requested: [...requested.values()] });
      part = [];
      requested = new Map();
    }
    part.push(change);
    for (const workItem of requestedBy(synchronization, change)) {
      requested.set(nameOf(workItem), workItem);
    }
  }
  return [...batches, { changes: part, requested: [...requested.values()] }];
}

/** The scan that the change requires. */
function requestedBy(synchronization: Synchronization, change: PlannedChange): readonly WorkItem[] {
  const { organization, id } = synchronization;
  const repository = repositoryToScan(change);
  return repository === undefined ? [] : [scanWork(organization, id, repository)];
}

const nameOf = (workItem: WorkItem): string => `${workItem.key.pk}\n${workItem.key.sk}`;

function factOperation({ synchronization, observedAt, now }: Application, change: PlannedChange): Operation {
  if (change.kind === 'remove') {
    const { fact, inDoubt } = change;
    const isMissed = isMissing(change);
    return removeFact(synchronization.id, fact, observedAt, now, { isMissed, inDoubt });
  }
  const isRight = change.kind === 'add' || change.narrows || change.widens;
  const gives = change.kind === 'add' || change.widens;
  const right = isRight ? { changedAt: now, gives, inDoubt: change.inDoubt } : undefined;
  return putFact(synchronization.id, change.fact, observedAt, right);
}
