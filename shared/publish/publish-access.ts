/**
 * The one writer of the edge's key-value store. Every write needs the ETag of the whole store, so a turn is: describe the store, read
 * what is wanted, update. A conflict restarts the turn; an old batch is never sent again. Withdrawals go first and by themselves, so
 * that nothing about a grant keeps them waiting.
 *
 * Limits: 50 keys in an update, https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores
 */

import { packageNumberOf } from '../domain/edge-keys.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { type EdgeRow, isWanted, pendingEdgeRows, recordPublished, settle } from '../store/edge-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { requestWork, type WorkItem, type WorkMessage, type WorkQueue } from '../store/work.ts';
import { edgeWork, grantsWork, principalWork } from '../store/work-items.ts';

/** The store as its writer needs it. */
export interface KeyValues {
  /** The ETag of the whole store. */
  describe(): Promise<string>;
  has(key: string): Promise<boolean>;
  /**
   * All or nothing.
   *
   * @returns the next ETag
   * @throws StoreRefusalError when the store changed since the ETag was given, or does not take one of the keys
   * @throws StoreFullError when it would be larger than it may be
   */
  update(etag: string, puts: ReadonlyMap<string, string>, deletes: readonly string[]): Promise<string>;
}

/** Somebody else wrote to the store, or it does not take what it was sent. Nothing was written. */
export class StoreRefusalError extends Error {
  override readonly name = 'StoreRefusalError';
}

/** Nothing was written; what makes the store smaller still can be. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError';
}

const updateKeysMax = 50;
/** A function of 20 s stops taking turns after this many milliseconds and leaves the rest to a new message. */
const turnsMs = 10_000;
const conflictsMax = 10;

export interface PublishAccessDependencies {
  readonly table: Table;
  readonly keyValues: KeyValues;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
}

/** What earlier turns of one run met. */
interface Turns {
  readonly refused: Set<string>;
  conflicts: number;
  keysMax: number;
  /** Only keys that go: they make room, and values that change may have grown. */
  isFull: boolean;
}

/**
 * Carries out what is wanted at the edge: the keys named and whatever else is pending, turn by turn. A key that the store does not take
 * stays wanted, is logged, and keeps no other from being written.
 *
 * @returns how many keys were written or removed
 * @throws StoreRefusalError when the store kept changing under us
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
      if ((await meetFailure(dependencies, turns, { etag, batch, error })) === 'stop') {
        return written;
      }
    }
  }
}

/**
 * Says how to go on after a turn that failed, in what it notes for the next one.
 *
 * @throws the error when another turn would not help
 */
async function meetFailure(
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
    // Nobody else wrote, so the store does not take one of these keys: half of them, until it is found.
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
  // Nothing says what an update does that removes a key which is not there; a turn that died half-way leaves such rows.
  const there = await Promise.all(gone.map((key) => keyValues.has(key)));
  const deletes = gone.filter((_, place) => there[place]);
  if (puts.size > 0 || deletes.length > 0) {
    await keyValues.update(etag, puts, deletes);
  }
}

/**
 * Records what is at the edge now, and requests the work that waits for it. A death before it leaves the rows wanted, and the next turn does it again.
 *
 * So a grant requests work on its principals twice, once by the change and once from here: a root lists only what the edge serves by then. What
 * only takes something away requests nothing again: whoever wished it had left it out before.
 */
async function record(table: Table, batch: readonly EdgeRow[], now: number): Promise<WorkMessage[]> {
  const waiting = new Map<string, WorkItem>();
  for (const row of batch) {
    const { subject } = row;
    if (subject.kind !== 'token' && subject.kind !== 'organization' && mayGive(row)) {
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

/** Withdrawals by themselves, as long as there are any; then what others wait for: organizations before packages before views before tokens. */
export function nextBatch(due: readonly EdgeRow[]): readonly EdgeRow[] {
  const withdrawals = due.filter(isWithdrawal);
  const rank = { organization: 0, package: 1, view: 2, token: 3 } as const;
  return withdrawals.length > 0
    ? withdrawals
    : [...due].sort((one, other) => rank[one.subject.kind] - rank[other.subject.kind]);
}

/** A turn that died may have written a value between the one recorded and this one, and whoever wished this one saw that wish. */
const hasSkipped = ({ wanted, done }: EdgeRow): boolean => wanted - done > 1;

const isRemoval = ({ value }: EdgeRow): boolean => value === undefined;

/**
 * Takes something away, or may do so: the key goes, or a bit of its bitmap, or what a package or a token says changes: its number or
 * refused commits, its organizations or expiry.
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

/** Gives something that was not there, or may do so. */
function mayGive(row: EdgeRow): boolean {
  if (hasSkipped(row)) {
    return true;
  }
  if (row.value === undefined) {
    return false;
  }
  if (row.subject.kind === 'package') {
    // The same number with other refused commits: who may read it does not depend on them.
    return packageNumberOf(row.value) !== packageNumberOf(row.published);
  }
  return (
    row.subject.kind !== 'view' || row.published === undefined || hasBitsBeyond(row.value, row.published)
  );
}

/** Whether one bitmap has a bit that the other has not. */
function hasBitsBeyond(one: string, other: string): boolean {
  const known = Buffer.from(other, 'base64url');
  return Buffer.from(one, 'base64url').some((byte, place) => (byte & ~(known[place] ?? 0)) !== 0);
}
