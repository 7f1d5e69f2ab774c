import { describe, expect, test } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { gitHubHost } from '../../test/support/synchronized.ts';
import { type CredentialBudget, freshBudget } from '../forge/budget.ts';
import { createBudgetView, createCredentialBudget } from './budget-store.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

const start = 1_800_000_000_000;

describe('the budget of a credential', () => {
  test('is what any worker recorded', async () => {
    const table = createMemoryTable();
    const [one, other] = [0, 1].map(() => createCredentialBudget(table, gitHubHost, '41'));
    expect(await other?.read()).toMatchObject(freshBudget);
    await one?.note({ met: 'limit', until: start });
    expect(await other?.note({ met: 'reserve', budget: 'contents', until: start + 5 })).toMatchObject({
      notBefore: start,
      reservedUntil: { contents: start + 5 },
    });
    expect(await one?.read()).toMatchObject({ notBefore: start, reservedUntil: { contents: start + 5 } });
    await one?.note({ met: 'reserve', budget: 'archives', until: start + 6 });
    expect(await other?.read()).toMatchObject({
      reservedUntil: { archives: start + 6, contents: start + 5 },
    });
    expect(await createCredentialBudget(table, gitHubHost, '42').read()).toMatchObject({ notBefore: 0 });
  });

  test('is not written when there is nothing new', async () => {
    const table = createMemoryTable();
    const budget = createCredentialBudget(table, gitHubHost, '41');
    await budget.note({ met: 'limit', until: start });
    const before = await table.get(keys.budget(gitHubHost, '41'));
    await budget.note({ met: 'limit', until: start - 1 });
    await budget.read();
    expect(await table.get(keys.budget(gitHubHost, '41'))).toEqual(before);
    expect(Number(before?.expiresAt) * 1000).toBeGreaterThan(start);
  });

  test('counts a rate limit once when many workers meet it at the same moment', async () => {
    const table = createMemoryTable();
    const meet = async (at: number) => {
      // All read before any of them writes.
      const together = meetingAtReads(table, 5);
      const budgets = Array.from({ length: 5 }, () => createCredentialBudget(together, gitHubHost, '41'));
      const states = await Promise.all(budgets.map((budget) => budget.note({ met: 'unnamed-limit', at })));
      return [...new Set(states.map(({ notBefore, hits }) => `${hits}: ${notBefore - at}`))];
    };
    expect(await meet(start)).toEqual(['1: 60000']);
    expect(await meet(start + 61_000)).toEqual(['2: 120000']);
  });

  test('loses nothing that two workers record at the same moment', async () => {
    const table = createMemoryTable();
    await createCredentialBudget(table, gitHubHost, '41').note({ met: 'limit', until: start });
    const together = meetingAtReads(table, 2);
    const [one, other] = [0, 1].map(() => createCredentialBudget(together, gitHubHost, '41'));
    await Promise.all([
      one?.note({ met: 'limit', until: start + 5 }),
      other?.note({ met: 'reserve', budget: 'contents', until: start + 9 }),
    ]);
    expect(await one?.read()).toMatchObject({ notBefore: start + 5, reservedUntil: { contents: start + 9 } });
  });
});

describe('requests of all workers within a sliding hour', () => {
  const hour = { requests: 100, perMs: 3600_000 };
  const reserveAll = async (budget: CredentialBudget, now: number) => {
    let sum = 0;
    for (;;) {
      const { granted } = await budget.reserve({ ...hour, now, wanted: 10 });
      if (granted === 0) return sum;
      sum += granted;
    }
  };

  test('R29: are counted in the table, also when workers write at the same moment', async () => {
    const table = createMemoryTable();
    const budgets = Array.from({ length: 5 }, () => createCredentialBudget(table, gitHubHost, '41'));
    const sums = await Promise.all(budgets.map((budget) => reserveAll(budget, start)));
    expect(sums.reduce((sum, one) => sum + one, 0)).toBe(100);
    await budgets[0]?.note({ met: 'limit', until: start + 5 });
    expect(await reserveAll(createCredentialBudget(table, gitHubHost, '41'), start)).toBe(0);
    const expires = (await table.get(keys.budget(gitHubHost, '41')))?.expiresAt;
    expect(Number(expires) * 1000).toBeGreaterThan(start + hour.perMs);
    expect(await reserveAll(createCredentialBudget(table, gitHubHost, '41'), start + 3700_000)).toBe(100);
  });

  test('are respected and not written by who only reads', async () => {
    const table = createMemoryTable();
    const budget = createCredentialBudget(table, gitHubHost, '41');
    await budget.reserve({ ...hour, requests: 800, now: start, wanted: 90 });
    expect(await reserveAll(createBudgetView(table, gitHubHost, '41'), start)).toBe(10);
    expect(await reserveAll(budget, start)).toBe(10);
  });
});

/** Delays the first reads until all of them can be answered together. */
function meetingAtReads(table: Table, count: number): Table {
  let waiting = count;
  let open = (): void => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    ...table,
    async get(key) {
      const item = await table.get(key);
      waiting -= 1;
      if (waiting === 0) {
        open();
      }
      await all;
      return item;
    },
  };
}
