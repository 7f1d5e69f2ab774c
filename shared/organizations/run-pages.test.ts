import { describe, expect, it, vi } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable, type MemoryTable } from '../../test/support/memory-table.ts';
import { addSynchronized, organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import { putFact } from '../store/fact-store.ts';
import { finishRun, noteChanges, type Page } from '../store/run-store.ts';
import { putHeld } from '../store/scope-store.ts';
import type { Table } from '../store/table.ts';
import { pageOfHeld } from './held-pages.ts';
import { pageOfChanges, pageOfRuns } from './run-pages.ts';
import { synchronizationIn } from './synchronization-of.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const scopes = [{ scope: 'members', cause: 'schedule', outcome: 'whole' }] as const;
const progressOf = (number: number) => ({ number, startedAt: now, requests: 1, scopes });

async function createWorld() {
  const table = createMemoryTable();
  await addSynchronized(table);
  const organization = { id: organizationId, slug: 'acme' };
  return { table, synchronization: await synchronizationIn(table, organization, synchronizationId) };
}

/** Run `number` removed that many members, 40 in one transaction. */
async function removeMembers(table: Table, number: number, count: number): Promise<void> {
  for (let place = 0; place * 40 < count; place++) {
    const part = Math.min(40, count - place * 40);
    const changes = Array.from({ length: part }, (_, index) => {
      return { kind: 'remove', before: aFact.member(place * 40 + index + 1), evidence: [] } as const;
    });
    const recorded = { counts: { add: 0, update: 0, remove: part }, changes };
    await table.transact(noteChanges(synchronizationId, progressOf(number), place, recorded, now));
  }
}

/** All pages, and the most reads that one of them took. */
async function allPages<Entry>(
  table: MemoryTable,
  ask: (after: string | undefined) => Promise<Page<Entry>>,
): Promise<{ entries: Entry[]; reads: number }> {
  const entries: Entry[] = [];
  let reads = 0;
  let after: string | undefined;
  do {
    const spies = (['get', 'getMany', 'query'] as const).map((name) => vi.spyOn(table, name));
    const page = await ask(after);
    reads = Math.max(
      reads,
      spies.reduce((sum, { mock }) => sum + mock.calls.length, 0),
    );
    vi.restoreAllMocks();
    entries.push(...page.entries);
    after = page.next;
  } while (after !== undefined);
  return { entries, reads };
}

describe('a page of changes', () => {
  it.each([[100], [50], [7]])('has each of 5,000 changes once, %i at a time', async (limit) => {
    const { table, synchronization } = await createWorld();
    await removeMembers(table, 5, 5000);
    await removeMembers(table, 6, 1);
    const { entries, reads } = await allPages(table, (after) =>
      pageOfChanges(table, synchronization, 5, { limit, after }),
    );
    expect(new Set(entries.map((text) => text.split(' ')[2])).size).toBe(5000);
    expect(entries).toHaveLength(5000);
    expect(reads).toBeLessThanOrEqual(2);
  });

  it('has the names that members have now', async () => {
    const { table, synchronization } = await createWorld();
    await removeMembers(table, 5, 1);
    const renamed = { ...aFact.member(1), login: 'renamed' };
    await table.transact([putFact(synchronizationId, renamed, 1, { changedAt: now, gives: true })]);
    const { entries } = await pageOfChanges(table, synchronization, 5, { limit: 1, after: undefined });
    expect(entries).toEqual([expect.stringMatching(/^member renamed \(1\) removed/)]);
  });

  it('exists only for a recorded run', async () => {
    const { table, synchronization } = await createWorld();
    const page = pageOfChanges(table, synchronization, 5, { limit: 1, after: undefined });
    await expect(page).rejects.toMatchObject({ code: 'not-found' });
    const nowhere = pageOfChanges(table, synchronization, 5, { limit: 1, after: 'RUN#1' });
    await expect(nowhere).rejects.toMatchObject({ code: 'invalid' });
  });
});

it('has each run that changed something once, however many changed nothing', async () => {
  const { table, synchronization } = await createWorld();
  for (let number = 1; number <= 2500; number++) {
    await (number % 500 === 0
      ? removeMembers(table, number, 1)
      : finishRun(table, synchronizationId, progressOf(number), now));
  }
  const { entries, reads } = await allPages(table, (after) =>
    pageOfRuns(table, synchronization, 'changes', { limit: 2, after }, now),
  );
  expect(entries.map(({ number }) => number)).toEqual([2500, 2000, 1500, 1000, 500]);
  expect(reads).toBeLessThanOrEqual(2);
  const all = await allPages(table, (after) =>
    pageOfRuns(table, synchronization, 'all', { limit: 100, after }, now),
  );
  expect([all.entries.length, all.reads]).toEqual([2500, 1]);
});

it('has those in which something could not be read, also those that changed something', async () => {
  const { table, synchronization } = await createWorld();
  const failed = [{ scope: 'teams', cause: 'schedule', outcome: 'unavailable' }] as const;
  await finishRun(table, synchronizationId, progressOf(1), now);
  await finishRun(table, synchronizationId, { ...progressOf(2), scopes: [...scopes, ...failed] }, now);
  await removeMembers(table, 3, 1);
  const { entries } = await pageOfRuns(
    table,
    synchronization,
    'failed',
    { limit: 10, after: undefined },
    now,
  );
  expect(entries.map(({ number }) => number)).toEqual([2]);
});

it('has each held removal once', async () => {
  const { table, synchronization } = await createWorld();
  const held = Array.from({ length: 5 }, (_, place) => `team:${place}`);
  for (const scope of held) {
    const changes = [{ kind: 'remove', before: aFact.member(1), evidence: [] }] as const;
    await table.transact([putHeld(synchronizationId, { scope, since: now, count: 1, digest: 'a', changes })]);
  }
  const { entries, reads } = await allPages(table, (after) =>
    pageOfHeld(table, synchronization, { limit: 2, after }),
  );
  expect(entries.map(({ scope }) => scope)).toEqual(held);
  expect(entries[0]?.differences).toMatchObject([{ kind: 'remove', account: { name: 'user-1' } }]);
  expect(reads).toBeLessThanOrEqual(2);
});

it('is of one organization: the synchronization of another is not found', async () => {
  const { table } = await createWorld();
  const other = { id: 'org2' as typeof organizationId, slug: 'other' };
  const found = synchronizationIn(table, other, synchronizationId);
  await expect(found).rejects.toMatchObject({ code: 'not-found' });
});
