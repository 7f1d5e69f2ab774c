/**
 * Work that cannot get lost: `wanted` counts the requests for a work item, `done` the highest request that was carried out.
 * Whoever changes state raises `wanted` in the same transaction. A message only says where to look, and if it is lost the sweep
 * finds the item because `wanted` and `done` differ.
 *
 * A worker takes the lease, which returns `wanted`, reads its inputs after that, and sets `done` to the number that it got. A
 * lease outlives its function's time-out, so that two workers never hold one.
 */
import { all, any, differs, equal, missing, missingOrLess, present } from './condition.ts';
import { type Key, tableKeys } from './keys.ts';
import { ConflictError, type Item, type Operation, pendingSince, type Table } from './table.ts';

/** Queues by the stem of their name. */
export const queueNames = [
  'sync',
  'scan',
  'vcs',
  'publish-package',
  'publish-roots',
  'publish-access',
  'deletion',
] as const;
export type QueueName = (typeof queueNames)[number];

/** A message that says where to look. `group` is the organization, the unit of fairness in the queue. */
export interface WorkMessage {
  readonly queue: QueueName;
  readonly group: string;
  /** The message as its schema in events/messages/ has it. */
  readonly message: Readonly<Record<string, unknown>>;
}

export interface WorkQueue {
  /**
   * Sends the messages without duplicates, after the transaction that requested their work.
   *
   * @param delaySeconds 0 to 900; not for publish-access, whose queue is FIFO
   */
  send(messages: readonly WorkMessage[], delaySeconds?: number): Promise<void>;
}

/** A unit of work: its item in the table, and the message for its worker. */
export interface WorkItem {
  readonly key: Key;
  readonly message: WorkMessage;
}

/**
 * The operation that raises `wanted`. It belongs in the transaction that changes the work's inputs.
 *
 * @param attributes further attributes to set on the item
 * @param now milliseconds since the epoch
 */
export function requestWork(workItem: WorkItem, now: number, attributes: Item = {}): Operation {
  return {
    update: {
      key: workItem.key,
      add: { wanted: 1 },
      set: {
        ...attributes,
        [tableKeys.pendingIndex.partitionKey]: workItem.message.queue,
        wake: workItem.message,
        // An item with pending work must not expire.
        [tableKeys.expiry]: undefined,
      },
      setIfMissing: { [tableKeys.pendingIndex.sortKey]: pendingSince(now) },
    },
  };
}

export interface Lease {
  readonly workItem: WorkItem;
  readonly leaseId: string;
  /** What was wanted when the lease was taken: the requests that this worker carries out. */
  readonly wanted: number;
  /** The item as it was then. */
  readonly item: Item;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
}

/** `idle`: nothing to do. `busy`: another worker has the lease, or it is too early; the sweep comes back. */
export type Taken = Lease | 'idle' | 'busy';

/**
 * Takes the lease on the item if there is something to do.
 *
 * @param leaseMs longer than the function's time-out by 30 s
 */
export async function takeLease(
  table: Table,
  workItem: WorkItem,
  options: { leaseId: string; now: number; leaseMs: number },
): Promise<Taken> {
  const somethingToDo = differs('wanted', 'done');
  // It may be our own lease: the client repeats a request whose answer was lost.
  const noOtherWorker = any(missingOrLess('leaseUntil', options.now), equal('leaseId', options.leaseId));
  try {
    const item = await table.update(
      {
        key: workItem.key,
        set: { leaseId: options.leaseId, leaseUntil: options.now + options.leaseMs },
      },
      all(equal('pending', workItem.message.queue), somethingToDo, noOtherWorker),
    );
    const { leaseId, now: takenAt } = options;
    return { workItem, leaseId, wanted: Number(item.wanted), item, takenAt };
  } catch (error) {
    if (error instanceof ConflictError) {
      const item = error.item;
      return item === undefined || item.wanted === item.done || item.pending === undefined ? 'idle' : 'busy';
    }
    throw error;
  }
}

/** The check that the lease is still ours, for each transaction written under it. */
export function leaseHeld(lease: Lease): Operation {
  return { check: lease.workItem.key, when: equal('leaseId', lease.leaseId) };
}

/**
 * Sets `done` to what was wanted when the lease was taken, and releases the lease.
 *
 * @param comeBackAt when the sweep is to find the item again although nothing is wanted; milliseconds since the epoch
 * @returns `done`, or `more` when work was requested meanwhile: then the caller sends the item's message again
 * @throws ConflictError when the lease was lost
 */
export async function completeWork(
  table: Table,
  lease: Lease,
  attributes: Item = {},
  comeBackAt?: number,
): Promise<'done' | 'more'> {
  const held = equal('leaseId', lease.leaseId);
  const { partitionKey, sortKey } = tableKeys.pendingIndex;
  const pending =
    comeBackAt === undefined
      ? { [partitionKey]: undefined, [sortKey]: undefined }
      : { [sortKey]: pendingSince(comeBackAt) };
  try {
    await table.update(
      {
        key: lease.workItem.key,
        set: { ...attributes, ...pending, done: lease.wanted },
        remove: ['leaseId', 'leaseUntil'],
      },
      all(held, equal('wanted', lease.wanted)),
    );
    return 'done';
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
  // Pending work does not expire.
  const { [tableKeys.expiry]: _, ...kept } = attributes;
  try {
    await table.update(
      {
        key: lease.workItem.key,
        // A request made meanwhile has waited since the lease was taken, and gets a new message.
        set: { ...kept, done: lease.wanted, [sortKey]: pendingSince(lease.takenAt) },
        remove: ['leaseId', 'leaseUntil'],
      },
      held,
    );
    return 'more';
  } catch (error) {
    // It may be our own write: the client repeats a request whose answer was lost. The steps after the completion must still run.
    const item = error instanceof ConflictError ? error.item : undefined;
    if (item === undefined || item.leaseId !== undefined || Number(item.done) < lease.wanted) {
      throw error;
    }
    return item.wanted === item.done ? 'done' : 'more';
  }
}

/**
 * Puts off when the sweep finds an item again on which nothing is wanted (`comeBackAt` of `completeWork`). Nothing happens if a worker has it,
 * or something is wanted by now.
 *
 * @param at milliseconds since the epoch
 */
export async function comeBackLater(
  table: Table,
  { key }: WorkItem,
  at: number,
  attributes: Item = {},
): Promise<void> {
  const item = await table.get(key);
  if (item === undefined || item.wanted !== item.done) {
    return;
  }
  const unchanged = all(missing('leaseId'), equal('wanted', Number(item.wanted)));
  const set = { ...attributes, [tableKeys.pendingIndex.sortKey]: pendingSince(at) };
  await table.update({ key, set }, unchanged).catch((error: unknown) => {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  });
}

/** Whether the lease is still ours; only this tells a lost lease from a conflict with another writer. */
export async function holdsLease(table: Table, lease: Lease): Promise<boolean> {
  const item = await table.get(lease.workItem.key);
  return item?.leaseId === lease.leaseId;
}

/**
 * Does the work and releases the lease if it fails, so that the next worker need not wait for its end.
 *
 * @throws what the work throws
 */
export async function underLease<Result>(
  table: Table,
  lease: Lease,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // The work's own error matters more; a lease that is not released expires.
    await releaseLease(table, lease).catch(() => {});
    throw error;
  }
}

/**
 * Releases the lease without having done the work; nobody takes it before `notBefore` (milliseconds since the epoch), if given.
 * If the lease was lost, another worker has it and nothing is written.
 *
 * @param attributes to store on the item
 */
export async function releaseLease(
  table: Table,
  lease: Lease,
  notBefore?: number,
  attributes: Item = {},
): Promise<void> {
  try {
    await table.update(
      {
        key: lease.workItem.key,
        // An attribute set to undefined is removed.
        set: { ...attributes, leaseId: undefined, leaseUntil: notBefore },
      },
      equal('leaseId', lease.leaseId),
    );
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

/**
 * Ends the wait that a failure ended with (`notBefore` of `releaseLease`), because what it failed with was changed: the next message is worked on at
 * once. The lease of a worker stays.
 */
export async function endWait(table: Table, { key }: Pick<WorkItem, 'key'>): Promise<void> {
  try {
    await table.update({ key, set: { leaseUntil: undefined } }, all(present, missing('leaseId')));
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}
