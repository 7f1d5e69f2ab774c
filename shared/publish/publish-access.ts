/**
 * The only writer of the edge's key-value store. Every write needs the ETag of the whole store, so a turn is: describe the store, read the
 * desired state, update. A conflict restarts the turn; an old batch is never sent again. Withdrawals go first and in a batch of their own,
 * so that no grant delays them.
 *
 * Limit: 50 keys in an update,
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores
 */

import { packageNumberOf } from '../domain/edge-keys.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { type EdgeRow, isWanted, pendingEdgeRows, recordPublished, settle } from '../store/edge-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { requestWork, type WorkItem, type WorkMessage, type WorkQueue } from '../store/work.ts';
import { edgeWork, grantsWork, principalWork } from '../store/work-items.ts';

/** The port of the key-value store. */
export interface KeyValues {
  /** The ETag of the whole store. */
  describe(): Promise<string>;
  has(key: string): Promise<boolean>;
  /**
   * All or nothing.
   *
   * @returns the next ETag
   * @throws StoreRefusalError when the store changed since it had that ETag, or does not accept one of the keys
   * @throws StoreFullError when the store would exceed its maximal size
   */
  update(etag: string, puts: ReadonlyMap<string, string>, deletes: readonly string[]): Promise<string>;
}

/** Another writer changed the store, or it does not accept the update. Nothing was written. */
export class StoreRefusalError extends Error {
  override readonly name = 'StoreRefusalError';
}

/** The store is full. Nothing was written; updates that make it smaller are still possible. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError';
}

const updateKeysMax = 50;
/** No turn starts after this time of the function's 20 s; a new message does the rest. Milliseconds. */
const turnsMs = 10_000;
const conflictsMax = 10;

export interface PublishAccessDependencies {
  readonly table: Table;
  readonly keyValues: KeyValues;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
}

/** What earlier turns of a run found out. */
interface Turns {
  readonly refused: Set<string>;
  conflicts: number;
  keysMax: number;
  /** The store is full, so only keys are deleted: changed values may have grown. */
  isFull: boolean;
}

/**
 * Writes the desired state to the edge, turn by turn: the given keys and whatever else is pending. A key that the store does not accept
 * stays pending, is logged, and does not block the others.
 *
 * @returns how many keys were written or removed
 * @throws StoreRefusalError when the store kept changing meanwhile
 */
export async function publishAccess(
  dependencies: PublishAccessDependencies,
  named: readonly string[],
): Promise<number> {
  const { table, keyValues, workQueue, clock } = dependencies;
  const started = clock.now();
  const turns: Turns = { refused: new Set(), conflicts: 0, keysMax: updateKeysMax, isFull: false };
  let written = 0;
  for (;;) {
    const etag = await keyValues.describe();
    const rows = await pendingEdgeRows(table, named, clock.now());
    await Promise.all(rows.filter((row) => row.isListed && !isWanted(row)).map((row) => settle(table, row)));
    const due = rows.filter((row) => isWanted(row) && !turns.refused.has(row.key));
    const batch = nextBatch(turns.isFull ? due.filter(isRemoval) : due).slice(0, turns.keysMax);
    if (batch.length === 0) {
      return written;
    }
    if (clock.now() - started > turnsMs) {
      await workQueue.send(due.map((row) => edgeWork(row.key).message));
      return written;
    }
    try {
      await updateStore(keyValues, etag, batch);
      const messages = await record(table, batch, clock.now());
      written += batch.length;
      turns.isFull = false;
      await workQueue.send(messages);
    } catch (error) {
      if ((await adjustAfterFailure(dependencies, turns, { etag, batch, error })) === 'stop') {
        return written;
      }
    }
  }
}

/**
 * Decides how the next turn has to differ after a failed one.
 *
 * @throws the error when another turn would not help
 */
async function adjustAfterFailure(
  { keyValues, logger }: PublishAccessDependencies,
  turns: Turns,
  { etag, batch, error }: { etag: string; batch: readonly EdgeRow[]; error: unknown },
): Promise<'again' | 'stop'> {
  if (error instanceof StoreFullError && !batch.every(isRemoval)) {
    if (batch.some(isRemoval)) {
      turns.isFull = true;
      return 'again';
    }
    if (!batch.some(isWithdrawal)) {
      logger.error('the key-value store is full: grants wait until entries are removed', {
        keys: batch.length,
      });
      return 'stop';
    }
  }
  if (!(error instanceof ConflictError || error instanceof StoreRefusalError)) {
    throw error;
  }
  if (error instanceof ConflictError || (await keyValues.describe()) !== etag) {
    turns.conflicts++;
    if (turns.conflicts === conflictsMax) {
      throw error;
    }
  } else if (batch.length > 1) {
    // There was no other writer, so the store does not accept one of these keys: try half of them, until it is found.
    turns.keysMax = Math.ceil(batch.length / 2);
  } else {
    turns.refused.add(String(batch[0]?.key));
    logger.error('the key-value store rejected a key', { error, key: batch[0]?.key });
    turns.keysMax = updateKeysMax;
  }
  return 'again';
}

async function updateStore(keyValues: KeyValues, etag: string, batch: readonly EdgeRow[]): Promise<void> {
  const puts = new Map<string, string>();
  const gone: string[] = [];
  for (const row of batch) {
    if (row.value === undefined) {
      gone.push(row.key);
    } else {
      puts.set(row.key, row.value);
    }
  }
  // What an update does when it deletes a missing key is undocumented. Such rows remain when a worker dies between the update and its
  // record.
  const exists = await Promise.all(gone.map((key) => keyValues.has(key)));
  const deletes = gone.filter((_, place) => exists[place]);
  if (puts.size > 0 || deletes.length > 0) {
    await keyValues.update(etag, puts, deletes);
  }
}

/**
 * Records what the edge now has, and requests the work that waits for it. If the worker dies before this, the rows stay pending, and the
 * next turn writes them again.
 *
 * A grant thus requests work on its principals twice, by the change and from here, because a root lists only what the edge already serves.
 * A pure withdrawal requests nothing here: the first pass over the views has already taken it out of the root files.
 */
async function record(table: Table, batch: readonly EdgeRow[], now: number): Promise<WorkMessage[]> {
  const waiting = new Map<string, WorkItem>();
  for (const row of batch) {
    const { subject } = row;
    if (subject.kind !== 'token' && subject.kind !== 'organization' && mayGrant(row)) {
      const workItem =
        subject.kind === 'view'
          ? principalWork(subject.organization, subject.principal)
          : grantsWork(subject.organization);
      waiting.set(`${workItem.key.pk} ${workItem.key.sk}`, workItem);
    }
  }
  const workItems = [...waiting.values()];
  await table.transact([
    ...batch.map(recordPublished),
    ...workItems.map((workItem) => requestWork(workItem, now)),
  ]);
  await Promise.all(batch.map((row) => settle(table, row)));
  return workItems.map((workItem) => workItem.message);
}

/**
 * Only withdrawals, as long as there are any; then keys in the order in which they depend on each other: organizations, packages, views,
 * tokens.
 */
export function nextBatch(due: readonly EdgeRow[]): readonly EdgeRow[] {
  const withdrawals = due.filter(isWithdrawal);
  const rank = { organization: 0, package: 1, view: 2, token: 3 } as const;
  return withdrawals.length > 0
    ? withdrawals
    : [...due].sort((one, other) => rank[one.subject.kind] - rank[other.subject.kind]);
}

/**
 * Whether the edge may have a value that is neither `published` nor `value`: one desired in between and written by a turn that died
 * before recording it.
 */
const hasSkipped = ({ wanted, done }: EdgeRow): boolean => wanted - done > 1;

const isRemoval = ({ value }: EdgeRow): boolean => value === undefined;

/**
 * Whether the update withdraws something, or may do so: it deletes the key, clears a bit of a bitmap, or changes a package's number or
 * refused commits, or a token's organizations or expiry.
 */
function isWithdrawal(row: EdgeRow): boolean {
  if (row.value === undefined) {
    return true;
  }
  if (row.subject.kind !== 'view') {
    return row.published !== undefined && row.published !== row.value;
  }
  return hasSkipped(row) || (row.published !== undefined && hasBitsBeyond(row.published, row.value));
}

/** Whether the update grants something new, or may do so. */
function mayGrant(row: EdgeRow): boolean {
  if (hasSkipped(row)) {
    return true;
  }
  if (row.value === undefined) {
    return false;
  }
  if (row.subject.kind === 'package') {
    // Refused commits do not affect who may read the package.
    return packageNumberOf(row.value) !== packageNumberOf(row.published);
  }
  return (
    row.subject.kind !== 'view' || row.published === undefined || hasBitsBeyond(row.value, row.published)
  );
}

/** Whether one bitmap has a bit that the other lacks. */
function hasBitsBeyond(one: string, other: string): boolean {
  const known = Buffer.from(other, 'base64url');
  return Buffer.from(one, 'base64url').some((byte, place) => (byte & ~(known[place] ?? 0)) !== 0);
}
