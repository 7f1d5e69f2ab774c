import { describe, expect, it } from 'vitest';
import { visiblePage } from './visible-page.ts';

/** The numbers below `count`, of which the viewer sees some. */
function listOf(count: number, sees: (row: number) => boolean) {
  let reads = 0;
  return {
    reads: () => reads,
    page: (limit: number, after?: number) =>
      visiblePage(
        { limit, after },
        async (page) => {
          reads++;
          const first = (page.after ?? -1) + 1;
          return Array.from({ length: Math.min(page.limit, count - first) }, (_, place) => first + place);
        },
        async (rows) => rows.map((row) => (sees(row) ? row : undefined)),
        (row) => row,
      ),
  };
}

describe('a page of what the viewer sees', () => {
  it('goes on past hidden rows, and its end names a visible one', async () => {
    const { page } = listOf(250, (row) => row % 50 === 0);
    expect(await page(3)).toEqual({ items: [0, 50, 100], next: 100, endedAt: undefined });
    expect(await page(3, 100)).toEqual({ items: [150, 200], next: undefined, endedAt: undefined });
  });

  it('has none after it when only hidden rows follow', async () => {
    const { page } = listOf(50, (row) => row < 2);
    expect(await page(2)).toMatchObject({ items: [0, 1], next: undefined });
  });

  it('is one read where everything is seen', async () => {
    const { page, reads } = listOf(250, () => true);
    expect(await page(2)).toMatchObject({ items: [0, 1], next: 1 });
    expect(reads()).toBe(1);
  });

  it('ends after ten reads', async () => {
    const { page, reads } = listOf(10_000, (row) => row === 0 || row > 5000);
    expect(await page(99)).toEqual({ items: [0], next: 0, endedAt: 999 });
    expect(await page(99, 0)).toEqual({ items: [], next: undefined, endedAt: 1000 });
    expect(reads()).toBe(20);
  });
});
