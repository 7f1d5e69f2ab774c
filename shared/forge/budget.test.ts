import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterNote, type BudgetState, createMemoryBudgets, freshBudget, reservedUntil } from './budget.ts';

const minute = 60_000;
const start = 1_800_000_000_000;

/** The waits in minutes after limits without an end, each met this long after the end of the last wait. */
function waitsOf(pauses: readonly number[]): number[] {
  let state: BudgetState = freshBudget;
  let now = start;
  return pauses.map((pause) => {
    now = Math.max(now, state.notBefore) + pause;
    state = afterNote(state, { met: 'unnamed-limit', at: now });
    return (state.notBefore - now) / minute;
  });
}

describe('R33: a limit without a named end', () => {
  test('is waited for a minute, then twice as long each time that it is met again soon after', () => {
    expect(waitsOf([0, 1000, 1000, 1000, 1000, 1000, 1000, 1000])).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  test('starts over once no limit was met for as long as the last wait', () => {
    expect(waitsOf([0, 1000, 2 * minute, 1000])).toEqual([1, 2, 1, 2]);
  });

  test('is ignored in the response to a request that was under way', () => {
    const first = afterNote(freshBudget, { met: 'unnamed-limit', at: start });
    for (const at of [start, start + 500, start + minute - 1]) {
      expect(afterNote(first, { met: 'unnamed-limit', at })).toBe(first);
    }
  });
});

describe('a budget', () => {
  test('waits until the given end; a reserve does not make reads of rights wait', () => {
    const limit = afterNote(freshBudget, { met: 'limit', until: start + 5 });
    expect(limit).toEqual({ ...freshBudget, notBefore: start + 5 });
    expect(afterNote(limit, { met: 'limit', until: start + 4 })).toBe(limit);
    const reserve = afterNote(limit, { met: 'reserve', budget: 'contents', until: start + 9 });
    expect(reserve).toEqual({ ...limit, reservedUntil: { contents: start + 9 } });
    expect(afterNote(reserve, { met: 'reserve', budget: 'contents', until: start + 8 })).toBe(reserve);
    const last = afterNote(reserve, { met: 'reserve', budget: 'archives', until: start + 7 });
    expect(last).toEqual({ ...reserve, reservedUntil: { contents: start + 9, archives: start + 7 } });
    expect(afterNote(last, { met: 'reserve', budget: 'archives', until: start + 6 })).toBe(last);
  });

  test('never shortens a wait, whatever is noted', () => {
    const at = fc.integer({ min: start, max: start + 3600_000 });
    const note = fc.oneof(
      at.map((until) => ({ met: 'limit' as const, until })),
      fc
        .tuple(at, fc.constantFrom('contents', 'archives'))
        .map(([until, budget]) => ({ met: 'reserve' as const, budget, until })),
      at.map((time) => ({ met: 'unnamed-limit' as const, at: time })),
    );
    fc.assert(
      fc.property(fc.array(note, { maxLength: 20 }), (notes) => {
        let state = freshBudget;
        for (const one of notes) {
          const next = afterNote(state, one);
          expect(next.notBefore).toBeGreaterThanOrEqual(state.notBefore);
          for (const budget of ['contents', 'archives']) {
            expect(reservedUntil(next, budget)).toBeGreaterThanOrEqual(reservedUntil(state, budget));
          }
          state = next;
        }
      }),
    );
  });

  test('in memory belongs to its credential alone', async () => {
    const budgets = createMemoryBudgets();
    await budgets('41').note({ met: 'limit', until: start });
    expect(await budgets('41').read()).toMatchObject({ notBefore: start });
    expect(await budgets('42').read()).toEqual(freshBudget);
  });
});
