import { describe, expect, it } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { watchReads } from '../../test/support/watch-reads.ts';
import { asId, type OrganizationId, type SynchronizationId } from '../domain/ids.ts';
import {
  type AuditFilter,
  addAuditEntry,
  addRefusal,
  auditLog,
  auditPage,
  noteRun,
  refusalAct,
  runAct,
} from './audit-log.ts';

const organization = asId<OrganizationId>('acme');
const start = Date.parse('2026-11-22T12:00:00Z');

/** Entry 0 is the oldest; every third is by ann, every fifth a stop. */
async function logOf(count: number) {
  const table = createMemoryTable();
  for (let number = 0; number < count; number++) {
    const who = number % 3 === 0 ? 'ann' : 'bob';
    const entry = {
      at: start + number * 1000,
      by: who,
      act: number % 5 === 0 ? 'stop-access' : 'set-caution',
      subject: String(number),
      why: 'because',
      actor: { kind: 'user', id: who, name: who } as const,
    };
    await table.transact([addAuditEntry(organization, entry, `id${number}`)]);
  }
  return table;
}

/** Refused requests, a second apart. */
async function refuse(table: Awaited<ReturnType<typeof logOf>>, count: number, afterMs: number) {
  for (let number = 0; number < count; number++) {
    const place = { organization, at: start + afterMs + number * 1000, id: `r${number}` };
    await table.transact([
      addRefusal(place, {
        by: 'ann',
        why: 'because',
        actor: { kind: 'user', id: 'ann', name: 'ann' },
        subject: `r${number}`,
      }),
    ]);
  }
}

const synchronization = { id: asId<SynchronizationId>('sync1'), organization, login: 'acme-inc' };
const oneRemoved = { add: 0, update: 0, remove: 1 };

/** Runs, a second apart, each of a delivery of its own. */
async function run(table: Awaited<ReturnType<typeof logOf>>, count: number, afterMs: number) {
  for (let number = 1; number <= count; number++) {
    const scopes = [{ cause: 'a member left', delivery: `d${number}` }, { cause: 'reconcile' }];
    const about = { number, at: start + afterMs + number * 1000, scopes, counts: oneRemoved };
    await table.transact([noteRun(synchronization, about)]);
  }
}

/** All pages, as the subjects of their entries. */
async function pagesOf(table: Awaited<ReturnType<typeof logOf>>, filter: AuditFilter, limit: number) {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const { entries, next } = await auditPage(table, organization, filter, { limit, after });
    pages.push(entries.map(({ subject }) => subject));
    after = next;
  } while (after !== undefined);
  return pages;
}

describe('a page of the log', () => {
  it('is the newest entries, and the next goes on where it ended', async () => {
    const table = await logOf(5);
    expect(await pagesOf(table, {}, 2)).toEqual([['4', '3'], ['2', '1'], ['0']]);
  });

  it.each([
    ['an act', { act: 'stop-access' }, '5 0'],
    ['an actor', { actor: 'ann' }, '6 3 0'],
    ['both', { act: 'stop-access', actor: 'bob' }, '5'],
    ['a time to begin with, which counts', { since: start + 5000 }, '6 5'],
    ['a time to end before', { until: start + 2000 }, '1 0'],
    ['a time between', { since: start + 2000, until: start + 4000 }, '3 2'],
  ] as const)('has only what %s selects', async (_, filter, subjects) => {
    const table = await logOf(7);
    expect((await pagesOf(table, filter, 10)).flat().join(' ')).toBe(subjects);
    expect((await pagesOf(table, filter, 1)).flat().join(' ')).toBe(subjects);
  });

  it('takes three reads at the most, and is short rather than long in coming', async () => {
    const table = await logOf(900);
    const watched = watchReads(table);
    const filter = { act: 'stop-access', actor: 'nobody' };
    const page = await auditPage(watched.table, organization, filter, { limit: 50 });
    expect([page.entries, typeof page.next, watched.take()]).toEqual([[], 'string', 3]);
    expect((await pagesOf(table, { actor: 'ann' }, 400)).flat()).toHaveLength(300);
  });

  it('has refused requests among the changes, by time, and only them where they are asked for', async () => {
    const table = await logOf(5);
    await refuse(table, 3, 1500);
    expect(await pagesOf(table, {}, 3)).toEqual([
      ['4', 'r2', '3'],
      ['r1', '2', 'r0'],
      ['1', '0'],
    ]);
    expect(await pagesOf(table, { act: refusalAct }, 2)).toEqual([['r2', 'r1'], ['r0']]);
    expect((await pagesOf(table, { since: start + 2000, until: start + 4000 }, 1)).flat()).toEqual([
      'r2',
      '3',
      'r1',
      '2',
    ]);
  });

  it('has an entry for each run that changed something, by time, with what asked for it', async () => {
    const table = await logOf(3);
    await run(table, 2, 500);
    const { entries } = await auditPage(table, organization, {}, { limit: 10 });
    expect(entries.map(({ act, subject, run }) => run?.number ?? `${act} ${subject}`)).toEqual([
      2,
      'set-caution 2',
      1,
      'set-caution 1',
      'stop-access 0',
    ]);
    expect(entries[2]).toMatchObject({
      act: runAct,
      by: 'acme-inc',
      why: 'a member left; reconcile',
      actor: { kind: 'synchronization', id: 'sync1' },
      from: { delivery: 'd1' },
      run: { synchronization: 'sync1', number: 1, deliveries: ['d1'] },
      ...{ added: 0, updated: 0, removed: 1 },
    });
  });

  it.each([
    ['a run', { act: runAct }, 'acme-inc acme-inc acme-inc'],
    ['what came of code hosts', { source: 'synchronization' }, 'acme-inc acme-inc acme-inc'],
    ['what people did or were refused', { source: 'user' }, 'r1 r0 1 0'],
    ['a delivery', { delivery: 'd2' }, 'acme-inc'],
    ['a synchronization', { actor: 'sync1' }, 'acme-inc acme-inc acme-inc'],
    ['a delivery of nothing', { delivery: 'd9' }, ''],
    ['nothing', { act: runAct, source: 'key' }, ''],
  ] as const)('selects by %s among all kinds', async (_, filter, subjects) => {
    const table = await logOf(2);
    await refuse(table, 2, 1500);
    await run(table, 3, 3000);
    for (const limit of [1, 10]) {
      expect((await pagesOf(table, filter, limit)).flat().join(' ')).toBe(subjects);
    }
  });

  it('of all kinds takes three queries, whatever it selects', async () => {
    const table = await logOf(300);
    await refuse(table, 300, 500);
    await run(table, 300, 700);
    const watched = watchReads(table);
    for (const filter of [
      {},
      { actor: 'nobody' },
      { source: 'user', act: 'x' },
      { delivery: 'x' },
    ] as const) {
      await auditPage(watched.table, organization, filter, { limit: 100 });
      expect(watched.take()).toBeLessThanOrEqual(3);
    }
    expect((await pagesOf(table, {}, 300)).flat()).toHaveLength(900);
  });

  it('of another organization begins nowhere here', async () => {
    const table = await logOf(1);
    await expect(auditPage(table, organization, {}, { limit: 1, after: 'TOKEN#u.ann#1' })).rejects.toThrow(
      'begins nowhere',
    );
  });
});

it('a run is one entry, however many transactions it takes', async () => {
  const table = createMemoryTable();
  const about = { number: 7, at: start, scopes: [{ cause: 'reconcile' }] };
  await table.transact([noteRun(synchronization, { ...about, counts: { add: 3, update: 0, remove: 0 } })]);
  await table.transact([noteRun(synchronization, { ...about, counts: { add: 1, update: 2, remove: 1 } })]);
  const { entries } = await auditPage(table, organization, {}, { limit: 10 });
  expect(entries).toMatchObject([{ added: 4, updated: 2, removed: 1 }]);
});

it('the latest changes are found behind any number of refused requests and runs, with one read', async () => {
  const table = await logOf(2);
  await refuse(table, 500, 3000);
  await run(table, 9, 900_000);
  const watched = watchReads(table);
  expect((await auditLog(watched.table, organization, 2)).map(({ subject }) => subject)).toEqual(['1', '0']);
  expect(watched.take()).toBe(1);
});
