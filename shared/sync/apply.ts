/**
 * Writes a plan: transactions in the plan's order, each under the scope's lease, each with the wishes for the work that its facts cause.
 * Dying between two leaves a plan half written, and the next run plans the rest.
 */
import type { ScopeName } from '../domain/facts.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { all, equal, missingOrLess } from '../store/condition.ts';
import { putFact, removeFact } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { markImported } from '../store/synchronization-store.ts';
import { type Operation, type Table, transactionItemsMax } from '../store/table.ts';
import { grantsThing, scanThing } from '../store/things.ts';
import { type Lease, raise, type Wake, type WorkThing } from '../store/work.ts';
import { type PlannedChange, repositoryToScan } from './plan.ts';

/** Each transaction has the scope's item too, and the last of an import the synchronization's. */
const ownItems = 2;

export interface Application {
  readonly synchronization: Synchronization;
  readonly scope: ScopeName;
  readonly lease: Lease;
  /** The read's number. */
  readonly observedAt: number;
  readonly changes: readonly PlannedChange[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Called after each transaction with what it wrote and raised. */
  readonly applied: (changes: readonly PlannedChange[], wakes: readonly Wake[]) => void;
}

/**
 * @throws ConflictError when the lease is lost, or a later read wrote one of the facts or the whole scope
 */
export async function applyPlan(table: Table, application: Application): Promise<void> {
  const { synchronization, scope, lease, observedAt, now } = application;
  // A whole read of the scope with a higher number says more about each fact that it left unchanged than this one does.
  const stillOurs = all(equal('leaseId', lease.leaseId), missingOrLess('readAt', observedAt));
  const key = keys.scope(synchronization.id, scope);
  const batches = batchesOf(application);
  for (const [place, batch] of batches.entries()) {
    const last = place === batches.length - 1;
    const operations: Operation[] = [
      last
        ? { update: { key, set: { readAt: observedAt } }, when: stillOurs }
        : { check: key, when: stillOurs },
      ...batch.changes.map((change) => factOperation(application, change)),
      ...batch.raised.map((thing) => raise(thing, now)),
    ];
    if (last && scope === 'repositories' && synchronization.importObservedAt === undefined) {
      operations.push(markImported(synchronization.id, observedAt));
    }
    await table.transact(operations);
    application.applied(
      batch.changes,
      batch.raised.map((thing) => thing.wake),
    );
  }
}

interface Batch {
  readonly changes: readonly PlannedChange[];
  readonly raised: readonly WorkThing[];
}

/** The plan in parts that fit into one transaction each; at least one, since a read without changes is noted too. */
function batchesOf({ synchronization, changes }: Application): readonly Batch[] {
  const batches: Batch[] = [];
  let part: PlannedChange[] = [];
  let raised = new Map<string, WorkThing>();
  for (const change of changes) {
    const caused = raisedBy(synchronization, change).filter((thing) => !raised.has(nameOf(thing)));
    if (part.length + raised.size + 1 + caused.length > transactionItemsMax - ownItems) {
      batches.push({ changes: part, raised: [...raised.values()] });
      part = [];
      raised = new Map();
    }
    part.push(change);
    for (const thing of raisedBy(synchronization, change)) {
      raised.set(nameOf(thing), thing);
    }
  }
  return [...batches, { changes: part, raised: [...raised.values()] }];
}

/** The work that the change causes: rights to be decided again, a repository to be scanned. */
function raisedBy(synchronization: Synchronization, change: PlannedChange): readonly WorkThing[] {
  const { organization, id } = synchronization;
  const repository = repositoryToScan(change);
  return [
    ...(change.narrows || change.widens ? [grantsThing(organization)] : []),
    ...(repository === undefined ? [] : [scanThing(organization, id, repository)]),
  ];
}

const nameOf = (thing: WorkThing): string => `${thing.key.pk}\n${thing.key.sk}`;

function factOperation({ synchronization, observedAt, now }: Application, change: PlannedChange): Operation {
  return change.kind === 'remove'
    ? removeFact(synchronization.id, change.fact, observedAt, now)
    : putFact(synchronization.id, change.fact, observedAt);
}
