/**
 * The one writer of the edge's key-value store. Every write needs the ETag of the whole store, so a turn is: describe the store, read
 * what is wanted, take withdrawals first, update. A conflict restarts the turn; an old batch is never sent again.
 *
 * Limits: 50 keys in an update, https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores
 */
import type { Clock } from '../runtime/clock.ts';
import type { Waker } from '../runtime/wake.ts';
import { present } from '../store/condition.ts';
import { carriedOut, type EdgeRow, isWanted, pendingEdgeRows, settle } from '../store/edge-store.ts';
import { keys } from '../store/keys.ts';
import type { Operation, Table } from '../store/table.ts';
import { edgeThing, grantsThing, principalThing } from '../store/things.ts';
import { raise, type Wake, type WorkThing } from '../store/work.ts';

/** The store as its writer needs it. */
export interface KeyValues {
  /** The ETag of the whole store. */
  describe(): Promise<string>;
  has(key: string): Promise<boolean>;
  /**
   * All or nothing.
   *
   * @returns the next ETag
   * @throws StoreConflictError when the store changed since the ETag was given
   */
  update(etag: string, puts: ReadonlyMap<string, string>, deletes: readonly string[]): Promise<string>;
}

/** Somebody else wrote to the store. */
export class StoreConflictError extends Error {
  override readonly name = 'StoreConflictError';
}

export const updateKeysMax = 50;
/** A function of 20 s stops taking turns after this many milliseconds and leaves the rest to a fresh wake. */
const turnsMs = 10_000;
const conflictsMax = 10;

export interface PublishAccessDependencies {
  readonly table: Table;
  readonly keyValues: KeyValues;
  readonly waker: Waker;
  readonly clock: Clock;
}

/**
 * Carries out what is wanted at the edge: the keys named and whatever else is pending, turn by turn.
 *
 * @returns how many keys were written or removed
 * @throws StoreConflictError when the store kept changing under us
 */
export async function publishAccess(
  { table, keyValues, waker, clock }: PublishAccessDependencies,
  named: readonly string[],
): Promise<number> {
  const started = clock.now();
  let written = 0;
  for (let conflicts = 0; conflicts < conflictsMax; ) {
    const etag = await keyValues.describe();
    const rows = await pendingEdgeRows(table, named, clock.now());
    await Promise.all(rows.filter((row) => !isWanted(row)).map((row) => settle(table, row)));
    const due = inOrder(rows.filter(isWanted));
    const batch = due.slice(0, updateKeysMax);
    if (batch.length === 0) {
      return written;
    }
    if (clock.now() - started > turnsMs) {
      await waker.wake(due.map((row) => edgeThing(row.key).wake));
      return written;
    }
    try {
      await updateStore(keyValues, etag, batch);
    } catch (error) {
      if (error instanceof StoreConflictError) {
        conflicts++;
        continue;
      }
      throw error;
    }
    written += batch.length;
    await waker.wake(await record(table, batch, clock.now()));
  }
  throw new StoreConflictError('the key-value store kept changing; is there a second writer?');
}

async function updateStore(keyValues: KeyValues, etag: string, batch: readonly EdgeRow[]): Promise<void> {
  const puts = new Map<string, string>();
  const deletes: string[] = [];
  for (const row of batch) {
    if (row.value !== undefined) {
      puts.set(row.key, row.value);
    } else if (await keyValues.has(row.key)) {
      // Nothing says what an update does that removes a key which is not there; a turn that died half-way leaves such rows.
      deletes.push(row.key);
    }
  }
  if (puts.size > 0 || deletes.length > 0) {
    await keyValues.update(etag, puts, deletes);
  }
}

/**
 * Records what is at the edge now, and raises whoever waits for it. Two transactions, since a full batch of packages does not fit into
 * one; a death between them leaves the rows wanted, and the next turn does both again.
 */
async function record(table: Table, batch: readonly EdgeRow[], now: number): Promise<Wake[]> {
  const waiting = new Map<string, WorkThing>();
  for (const { subject } of batch) {
    if (subject.kind !== 'token') {
      const thing =
        subject.kind === 'view'
          ? principalThing(subject.organization, subject.principal)
          : grantsThing(subject.organization);
      waiting.set(`${thing.key.pk} ${thing.key.sk}`, thing);
    }
  }
  await table.transact(batch.flatMap(packageAtEdge));
  await table.transact([
    ...batch.map(carriedOut),
    ...[...waiting.values()].map((thing) => raise(thing, now)),
  ]);
  await Promise.all(batch.map((row) => settle(table, row)));
  return [...waiting.values()].map((thing) => thing.wake);
}

/** A package may be listed in bitmaps and roots only when its number is at the edge under the name that points to it. */
function packageAtEdge({ subject, value }: EdgeRow): Operation[] {
  if (subject.kind !== 'package') {
    return [];
  }
  const { organization, packageNumber } = subject;
  return [
    {
      update: {
        key: keys.package(organization, packageNumber),
        set: { atEdge: value === String(packageNumber) },
      },
      when: present,
    },
  ];
}

/** Withdrawals first; then what others wait for: packages before views before tokens. */
export function inOrder(rows: readonly EdgeRow[]): readonly EdgeRow[] {
  const rank = (row: EdgeRow): number =>
    isWithdrawal(row) ? 0 : { package: 1, view: 2, token: 3 }[row.subject.kind];
  return [...rows].sort((one, other) => rank(one) - rank(other));
}

/** Takes something away: the key goes, or a bit of its bitmap. */
function isWithdrawal(row: EdgeRow): boolean {
  if (row.value === undefined) {
    return true;
  }
  if (row.subject.kind !== 'view' || row.published === undefined) {
    return false;
  }
  const after = Buffer.from(row.value, 'base64url');
  return Buffer.from(row.published, 'base64url').some((byte, place) => (byte & ~(after[place] ?? 0)) !== 0);
}
