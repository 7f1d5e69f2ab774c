import { describe, expect, it } from 'vitest';
import { createAllowance } from './allowance.ts';
import { createMemoryBudgets } from './budget.ts';
import { type Reserved, reserveIn } from './request-window.ts';

const hourMs = 3600_000;
const limit = { requests: 1_000, perMs: hourMs };
const start = Date.UTC(2026, 0, 1);

describe('requests within a sliding hour', () => {
  it('R29: are never more than the limit, whoever reserves and however late they are sent', () => {
    let reserved: Reserved = {};
    const sent: number[] = [];
    for (let now = start; now < start + 3 * hourMs; now += 7_000) {
      const after = reserveIn(reserved, { ...limit, now, wanted: 25 });
      ({ reserved } = after);
      // At the last moment, and five seconds on the way.
      if (after.answer.granted > 0 && 'until' in after.answer) {
        const arrives = after.answer.until + 5_000;
        sent.push(...Array.from({ length: after.answer.granted }, () => arrives));
      }
    }
    const within = (from: number) => sent.filter((at) => at > from && at <= from + hourMs).length;
    expect(Math.max(...sent.map((at) => within(at - 1)), ...sent.map(within))).toBeLessThanOrEqual(1_000);
    // The time is used: nearly three hours' worth.
    expect(sent.length).toBeGreaterThan(2_900);
    expect(Object.keys(reserved).length).toBeLessThan(125);
  });

  it('are granted again when the oldest no longer count', () => {
    const first = reserveIn({}, { ...limit, requests: 8, now: start, wanted: 1 });
    let { reserved } = first;
    for (let count = 0; count < 7; count += 1) {
      ({ reserved } = reserveIn(reserved, { ...limit, requests: 8, now: start + 60_000, wanted: 9 }));
    }
    const refused = reserveIn(reserved, { ...limit, requests: 8, now: start + 90_000, wanted: 1 });
    expect(refused.answer).toEqual({ granted: 0, notBefore: start + hourMs + 60_000 });
    const later = reserveIn(reserved, { ...limit, requests: 8, now: start + hourMs + 60_000, wanted: 9 });
    expect(later.answer).toMatchObject({ granted: 1 });
  });

  it('that were not sent are given back', () => {
    const { reserved, answer } = reserveIn({}, { ...limit, now: start, wanted: 20 });
    const slot = 'slot' in answer ? answer.slot : 0;
    const after = reserveIn(reserved, {
      ...limit,
      now: start + 40_000,
      wanted: 1,
      unused: { slot, count: 15 },
    });
    expect(Object.values(after.reserved)).toEqual([5, 1]);
  });
});

describe('what a process may send', () => {
  /** Processes that share a budget, at a time that does not go on. */
  function processes(count: number, share = 1) {
    const budgets = createMemoryBudgets();
    return Array.from({ length: count }, () => createAllowance(budgets('one'), limit, share, () => start));
  }

  async function sendAll(allowances: ReturnType<typeof processes>): Promise<number> {
    const each = allowances.map(async ({ take }) => {
      let sent = 0;
      while ((await take()) === undefined) sent += 1;
      return sent;
    });
    return (await Promise.all(each)).reduce((sum, sent) => sum + sent, 0);
  }

  it.each([1, 3, 10])('R29: is together what the limit allows: %i', async (count) => {
    expect(await sendAll(processes(count))).toBe(1_000);
  });

  it('leaves the rest to more urgent requests', async () => {
    const budgets = createMemoryBudgets();
    const [later, urgent] = [0.8, 1].map((share) =>
      createAllowance(budgets('one'), limit, share, () => start),
    );
    expect(await sendAll(later ? [later] : [])).toBe(800);
    expect(await sendAll(urgent ? [urgent] : [])).toBe(200);
  });

  it('is what the forge states, where it does', async () => {
    const [one] = processes(1, 0.5);
    one?.noteLimit(3_000);
    expect(await sendAll(one ? [one] : [])).toBe(1_500);
  });

  it('is reserved with few writes', async () => {
    const budgets = createMemoryBudgets();
    const budget = budgets('one');
    let writes = 0;
    const counted = {
      ...budget,
      reserve: (of: Parameters<typeof budget.reserve>[0]) => {
        writes += 1;
        return budget.reserve(of);
      },
    };
    const { take, wait } = createAllowance(counted, limit, 1, () => start);
    for (let sent = 0; sent < 500; sent += 1) {
      await wait();
      await take();
    }
    expect(writes).toBeLessThan(30);
  });
});
