/**
 * Work that cannot get lost: `wanted` counts what has been asked of a thing, `done` what of it has been carried out. Whoever changes
 * state raises `wanted` in the same transaction; a message only says where to look, and the sweep finds what is wanted and not done
 * when a message was lost.
 *
 * A worker takes the lease, reads `wanted` with it, reads its inputs after that, and sets `done` to the number that it read. A lease
 * outlives its function's time-out, so that two workers never hold one.
 */
import { all, any, differs, equal, missingOrLess } from './condition.ts';
import { type Key, tableKeys } from './keys.ts';
import { ConflictError, type Item, type Operation, pendingSince, type Table } from './table.ts';

/** Queues by the stem of their name. */
export const queueNames = [
  'sync',
  'scan',
  'publish-package',
  'publish-roots',
  'publish-access',
  'deletion',
] as const;
export type QueueName = (typeof queueNames)[number];

/** A message that says where to look. `group` is what a queue is fair between, the organization. */
export interface WorkMessage {
  readonly queue: QueueName;
  readonly group: string;
  /** The message as its schema in events/messages/ has it. */
  readonly message: Readonly<Record<string, unknown>>;
}

export interface WorkQueue {
  /**
   * Sends the messages, each once, after the transaction that requested the work they point at.
   *
   * @param delaySeconds 0 to 900; not for publish-access, whose queue is FIFO
   */
  send(messages: readonly WorkMessage[], delaySeconds?: number): Promise<void>;
}

/** Something that work is done on: its item in the table, and the message that tells its worker. */
export interface WorkItem {
  readonly key: Key;
  readonly message: WorkMessage;
}

/**
 * The operation that raises `wanted`, to be part of the transaction that changes what the work depends on.
 *
 * @param attributes further attributes of the item to set with it
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
        // What waits for work must not be cleaned up.
        [tableKeys.expiry]: undefined,
      },
      setIfMissing: { [tableKeys.pendingIndex.sortKey]: pendingSince(now) },
    },
  };
}

export interface Lease {
  readonly workItem: WorkItem;
  readonly leaseId: string;
  /** What was wanted when the lease was taken: all that is known to be asked for. */
  readonly wanted: number;
  /** The item as it was then. */
  readonly item: Item;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
}

/** `idle`: nothing is wanted that is not done. `busy`: another worker has the lease, or it is too early; the sweep comes back. */
export type Taken = Lease | 'idle' | 'busy';

/**
 * Takes the lease on the thing if there is something to do.
 *
 * @param leaseMs longer than the function's time-out by 30 s
 */
export async function takeLease(
  table: Table,
  workItem: WorkItem,
  options: { leaseId: string; now: number; leaseMs: number },
): Promise<Taken> {
  const somethingToDo = differs('wanted', 'done');
  // Ours already: the client sends a request again whose answer was lost.
  const nobodyElse = any(missingOrLess('leaseUntil', options.now), equal('leaseId', options.leaseId));
  try {
    const item = await table.update(
      {
        key: workItem.key,
        set: { leaseId: options.leaseId, leaseUntil: options.now + options.leaseMs },
      },
      all(equal('pending', workItem.message.queue), somethingToDo, nobodyElse),
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

/** The check that the lease is still ours, to be part of each transaction written under it. */
export function leaseHeld(lease: Lease): Operation {
  return { check: lease.workItem.key, when: equal('leaseId', lease.leaseId) };
}

/**
 * Sets `done` to what was wanted when the lease was taken, and gives the lease back.
 *
 * @param comeBackAt when the sweep is to find the thing again although nothing is wanted; milliseconds since the epoch
 * @returns `done`, or `more` when something was asked for meanwhile: then the caller sends the item's message again
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
  try {
    await table.update(
      {
        key: lease.workItem.key,
        // What was asked for meanwhile has waited since then, and its message is a new one.
        set: { ...attributes, done: lease.wanted, [sortKey]: pendingSince(lease.takenAt) },
        remove: ['leaseId', 'leaseUntil'],
      },
      held,
    );
    return 'more';
  } catch (error) {
    // Ours already: the client sends a request again whose answer was lost. What follows the completion must not be left out.
    const item = error instanceof ConflictError ? error.item : undefined;
    if (item === undefined || item.leaseId !== undefined || Number(item.done) < lease.wanted) {
      throw error;
    }
    return item.wanted === item.done ? 'done' : 'more';
  }
}

/** Whether the lease is still ours; a conflict tells a lost lease from another writer only by this. */
export async function holdsLease(table: Table, lease: Lease): Promise<boolean> {
  const item = await table.get(lease.workItem.key);
  return item?.leaseId === lease.leaseId;
}

/**
 * Does the work and, when it fails, gives the lease back, so that whoever comes next need not wait for its end.
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
    // The work's own error says more than that of giving back; an unreturned lease ends by itself.
    await releaseLease(table, lease).catch(() => {});
    throw error;
  }
}

/**
 * Gives the lease back without having done the work; nobody takes it before `notBefore` (milliseconds since the epoch), where given.
 * A lease lost meanwhile is no error: then another worker has it, and nothing is written.
 *
 * @param attributes to be noted on the item
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
