import { describe, expect, it } from 'vitest';
import { organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import { useTables } from '../../test/support/table.ts';
import { tableKeys } from './keys.ts';
import { ConflictError, type Table } from './table.ts';
import {
  completeWork,
  holdsLease,
  type Lease,
  leaseHeld,
  releaseLease,
  requestWork,
  takeLease,
  underLease,
} from './work.ts';
import { scopeWork } from './work-items.ts';

const newTable = useTables();
const now = Date.parse('2026-11-22T12:00:00Z');
const workItem = scopeWork(organizationId, synchronizationId, 'members');
const take = (table: Table, leaseId: string, at = now) =>
  takeLease(table, workItem, { leaseId, now: at, leaseMs: 1000 });

async function taken(table: Table, leaseId: string, at = now): Promise<Lease> {
  const lease = await take(table, leaseId, at);
  if (lease === 'idle' || lease === 'busy') {
    throw new Error(lease);
  }
  return lease;
}

const pending = (table: Table) => table.pending('sync', { before: now + 10_000, limit: 10 });

describe('work', () => {
  it('is idle until it is requested, and again when it is done', async () => {
    const table = await newTable();
    expect(await take(table, 'a')).toBe('idle');
    await table.transact([requestWork(workItem, now)]);
    expect(await pending(table)).toHaveLength(1);
    expect(await completeWork(table, await taken(table, 'a'), { note: 'x' })).toBe('done');
    expect(await table.get(workItem.key)).toMatchObject({ wanted: 1, done: 1, note: 'x' });
    expect(await pending(table)).toEqual([]);
    expect(await take(table, 'b')).toBe('idle');
  });

  it('is one worker’s until the lease ends, and still that worker’s when it takes the lease twice', async () => {
    const table = await newTable();
    await table.transact([requestWork(workItem, now)]);
    await taken(table, 'a');
    expect(await take(table, 'b', now + 1000)).toBe('busy');
    expect((await taken(table, 'a', now + 10)).leaseId).toBe('a');
    expect((await taken(table, 'b', now + 1011)).leaseId).toBe('b');
  });

  it('stays wanted when it was requested after the lease was taken', async () => {
    const table = await newTable();
    await table.transact([requestWork(workItem, now)]);
    const lease = await taken(table, 'a');
    await table.transact([requestWork(workItem, now + 5)]);
    expect(await completeWork(table, lease)).toBe('more');
    expect(await pending(table)).toHaveLength(1);
    expect((await taken(table, 'b')).wanted).toBe(2);
  });

  it('does not expire with what was asked of it meanwhile', async () => {
    const table = await newTable();
    await table.transact([requestWork(workItem, now)]);
    const lease = await taken(table, 'a');
    await table.transact([requestWork(workItem, now + 5)]);
    const attributes = { note: 'x', [tableKeys.expiry]: 1 };
    expect(await completeWork(table, lease, attributes)).toBe('more');
    const item = await table.get(workItem.key);
    expect([item?.note, item?.[tableKeys.expiry]]).toEqual(['x', undefined]);
    await completeWork(table, await taken(table, 'b'), attributes);
    expect((await table.get(workItem.key))?.[tableKeys.expiry]).toBe(1);
  });

  it('can be neither written nor completed by a worker that lost the lease', async () => {
    const table = await newTable();
    await table.transact([requestWork(workItem, now)]);
    const lost = await taken(table, 'a');
    const lease = await taken(table, 'b', now + 2000);
    await expect(table.transact([leaseHeld(lost)])).rejects.toThrow(ConflictError);
    await expect(completeWork(table, lost)).rejects.toThrow(ConflictError);
    await releaseLease(table, lost);
    await table.transact([leaseHeld(lease)]);
    expect(await completeWork(table, lease)).toBe('done');
  });

  it('can be completed again by a worker that missed the answer, whether requested meanwhile or not', async () => {
    const table = await newTable();
    await table.transact([requestWork(workItem, now)]);
    const first = await taken(table, 'a');
    await completeWork(table, first);
    expect(await completeWork(table, first)).toBe('done');
    await table.transact([requestWork(workItem, now)]);
    expect(await completeWork(table, first)).toBe('more');
    const second = await taken(table, 'b');
    await expect(completeWork(table, first)).rejects.toThrow(ConflictError);
    expect(await completeWork(table, second)).toBe('done');
  });

  it('waits until the time that a worker set when it released the lease', async () => {
    const table = await newTable();
    await table.transact([requestWork(workItem, now)]);
    await releaseLease(table, await taken(table, 'a'), now + 500);
    expect(await take(table, 'b', now + 500)).toBe('busy');
    expect((await taken(table, 'b', now + 501)).wanted).toBe(1);
  });

  it('is released if it fails, and only then', async () => {
    const table = await newTable();
    await table.transact([requestWork(workItem, now)]);
    const failing = await taken(table, 'a');
    const failure = new Error('no');
    await expect(underLease(table, failing, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await holdsLease(table, failing)).toBe(false);
    const lease = await taken(table, 'b');
    expect(await underLease(table, lease, async () => 'fine')).toBe('fine');
    expect(await holdsLease(table, lease)).toBe(true);
    // A lost lease releases nothing of another worker's.
    await expect(underLease(table, failing, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await holdsLease(table, lease)).toBe(true);
  });

  it('stores attributes when its lease is released, if it was held', async () => {
    const table = await newTable();
    await table.transact([requestWork(workItem, now, { old: 1 })]);
    const lease = await taken(table, 'a');
    await releaseLease(table, lease, undefined, { note: 'x', old: undefined });
    const item = await table.get(workItem.key);
    expect(item).toMatchObject({ note: 'x', wanted: 1 });
    expect(item).not.toHaveProperty('leaseUntil');
    expect(item).not.toHaveProperty('old');
    await releaseLease(table, lease, undefined, { note: 'y' });
    expect(await table.get(workItem.key)).toEqual(item);
  });

  it('is taken by one of many workers that try at once', async () => {
    const table = await newTable();
    await table.transact([requestWork(workItem, now)]);
    const outcomes = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((leaseId) => take(table, leaseId)));
    expect(outcomes.filter((outcome) => outcome === 'busy')).toHaveLength(5);
  });
});
