/** At a sign-in, repositories that the person reads by the code host's word, and not by ours, are read again. */
import { beforeEach, expect, it } from 'vitest';
import { account, aFact, repository } from '../../test/support/memory-forge.ts';
import { createMemoryTable, type MemoryTable } from '../../test/support/memory-table.ts';
import { addSynchronized, gitHubHost, synchronizationId } from '../../test/support/synchronized.ts';
import { repositoryPart } from '../domain/scopes.ts';
import { putFact } from '../store/fact-store.ts';
import { scopeStates } from '../store/scope-store.ts';
import type { Account } from '../store/user-store.ts';
import { requestOwnRights } from './own-rights.ts';

const hour = 60 * 60_000;
let now = Date.parse('2026-11-22T12:00:00Z');
let isOver = false;
const ann: Account = { ...gitHubHost, account: account(1) };

let table: MemoryTable;
let asked: number;
beforeEach(async () => {
  table = createMemoryTable();
  asked = 0;
  isOver = false;
  await addSynchronized(table, 'all');
  for (const fact of [aFact.member(1), aFact.collaborator(5, 1), aFact.collaborator(6, 1)]) {
    await table.transact([putFact(synchronizationId, fact, 5, { changedAt: now, gives: true })]);
  }
});

/** @returns the parts that are requested after a sign-in */
async function requested(told: readonly number[] | undefined, who: Account = ann): Promise<string[]> {
  const deadline = { isOver: () => isOver };
  await requestOwnRights({ table, clock: { now: () => now } }, who, deadline, async () => {
    asked += 1;
    return told?.map(repository);
  });
  const states = await scopeStates(table, synchronizationId);
  return [...states].filter(([, { wanted, done }]) => wanted > done).map(([scope]) => scope);
}

it('nothing where both agree, or the code host tells nothing', async () => {
  expect(await requested([5, 6])).toEqual([]);
  now += hour;
  expect(await requested(undefined)).toEqual([]);
  expect(asked).toBe(2);
});

it('what one of them lacks, first what is to be taken away, and no more than five', async () => {
  expect(await requested([5, 7])).toEqual([6, 7].map((id) => repositoryPart(repository(id))));
  table = createMemoryTable();
  await addSynchronized(table, 'all');
  await table.transact([
    putFact(synchronizationId, aFact.collaborator(5, 1), 5, { changedAt: now, gives: true }),
  ]);
  const parts = await requested([11, 12, 13, 14, 15, 16, 17]);
  expect(parts).toHaveLength(5);
  expect(parts).toContain(repositoryPart(repository(5)));
});

it('the code host is not asked about who is not known there, or of another host', async () => {
  expect(await requested([5], { ...ann, account: account(2) })).toEqual([]);
  expect(await requested([5], { ...ann, baseUrl: 'https://elsewhere.example' })).toEqual([]);
  expect(asked).toBe(0);
});

it('the code host is asked once in an hour about an account, whatever it said', async () => {
  for (const [wait, times] of [
    [0, 1],
    [hour - 1, 1],
    [1, 2],
    [hour - 1, 2],
  ] as const) {
    now += wait;
    await requested([5, 7]);
    expect(asked).toBe(times);
  }
});

it('nothing is begun after the deadline, and a later sign-in asks', async () => {
  isOver = true;
  expect(await requested([5])).toEqual([]);
  expect(asked).toBe(0);
  isOver = false;
  expect(await requested([5])).toHaveLength(1);
});
