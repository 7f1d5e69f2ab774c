import { describe, expect, test } from 'vitest';
import { ForgeError } from './errors.ts';
import { OverloadError } from './http.ts';
import { createPageSize, type Page, readList } from './pages.ts';

/** A forge's list: `after` is the index of the last item sent. */
function listOf(items: () => readonly string[], more: { total?: () => number; max?: number } = {}) {
  const requests: [size: number, after: string | undefined][] = [];
  return {
    requests,
    read: async (size: number, after: string | undefined): Promise<Page<string>> => {
      requests.push([size, after]);
      if (size > (more.max ?? 100)) {
        throw new OverloadError('unavailable', 'the forge answered with 502');
      }
      const all = items();
      const start = after === undefined ? 0 : Number(after);
      const page = all.slice(start, start + size);
      const end = start + page.length;
      return {
        totalCount: more.total?.() ?? all.length,
        pageInfo: { hasNextPage: end < all.length, endCursor: page.length === 0 ? null : String(end) },
        items: page,
      };
    },
  };
}

const named = (count: number) => Array.from({ length: count }, (_, place) => `item-${place}`);
const reading = (list: ReturnType<typeof listOf>, size = 100) => ({
  what: 'items',
  size: createPageSize(size),
  key: (item: string) => item,
  read: list.read,
});
const incomplete = expect.objectContaining({ code: 'incomplete' });

describe('R7: a list', () => {
  test.each([0, 1, 99, 100, 101, 1001])('of %d items is read to its end', async (count) => {
    const list = listOf(() => named(count));
    expect(await readList(reading(list))).toEqual(named(count));
    expect(list.requests).toHaveLength(Math.max(1, Math.ceil(count / 100)));
  });

  test('continues after a page that was already read', async () => {
    const list = listOf(() => named(7));
    const first = await list.read(3, undefined);
    list.requests.length = 0;
    expect(await readList({ ...reading(list), first })).toEqual(named(7));
    expect(list.requests).toEqual([[100, '3']]);
  });

  test('that does not match its total is incomplete, after a second read from the start', async () => {
    const list = listOf(() => named(3), { total: () => 4 });
    const first = await list.read(3, undefined);
    await expect(readList({ ...reading(list), first })).rejects.toThrow(incomplete);
    expect(list.requests).toEqual([
      [3, undefined],
      [100, undefined],
    ]);
  });

  test('with one item twice and another one missing is incomplete', async () => {
    const list = listOf(() => ['a', 'b', 'a']);
    await expect(readList(reading(list, 2))).rejects.toThrow(incomplete);
  });

  test('that changes between its pages is read again', async () => {
    let items = named(4);
    const list = listOf(() => items);
    const read = async (size: number, after: string | undefined) => {
      const page = await list.read(size, after);
      if (list.requests.length === 1) {
        // The first item disappears, so the third one moves to the page that was already read.
        items = items.slice(1);
      }
      return page;
    };
    expect(await readList({ ...reading(list, 2), read })).toEqual(['item-1', 'item-2', 'item-3']);
  });

  test.each([
    ['the same cursor for ever', 'x'],
    ['no cursor', null],
  ])('whose next page has %s is an error, not endless', async (_, endCursor) => {
    let requests = 0;
    const read = async () => {
      requests += 1;
      return { totalCount: 2, pageInfo: { hasNextPage: true, endCursor }, items: ['a'] };
    };
    await expect(readList({ what: 'items', size: createPageSize(1), key: String, read })).rejects.toThrow(
      incomplete,
    );
    expect(requests).toBeLessThan(3);
  });

  test('with ever new cursors ends too', async () => {
    let requests = 0;
    const read = async () => {
      requests += 1;
      return { totalCount: 2, pageInfo: { hasNextPage: true, endCursor: String(requests) }, items: ['a'] };
    };
    await expect(readList({ what: 'items', size: createPageSize(1), key: String, read })).rejects.toThrow(
      incomplete,
    );
    // The second page has no new item, so the list does not match its total; and again.
    expect(requests).toBe(4);
  });
});

describe('R8: a page that is too much', () => {
  test('is requested in halves, and so are those after it', async () => {
    const list = listOf(() => named(60), { max: 30 });
    expect(await readList(reading(list))).toEqual(named(60));
    expect(list.requests).toEqual([
      [100, undefined],
      [50, undefined],
      [25, undefined],
      [25, '25'],
      [25, '50'],
    ]);
  });

  test('makes a list begin anew whose cursors have its size in them, once for each size', async () => {
    const list = listOf(() => named(60));
    let tries = 0;
    const read = async (size: number, after: string | undefined) => {
      const page = await list.read(size, after);
      // The second page, and of the halves the second again.
      if (after !== undefined && tries++ < 2) throw new OverloadError('unavailable', 'took too long');
      return page;
    };
    expect(await readList({ ...reading(list, 40), read, isOfOneSize: true })).toEqual(named(60));
    expect(list.requests.map(([size, after]) => `${size} ${after ?? ''}`)).toEqual([
      '40 ',
      '40 40',
      '20 ',
      '20 20',
      '10 ',
      ...[10, 20, 30, 40, 50].map((after) => `10 ${after}`),
    ]);
  });

  test('is unavailable when an eighth is too much too', async () => {
    const list = listOf(() => named(60), { max: 1 });
    await expect(readList(reading(list))).rejects.toThrow(OverloadError);
    expect(list.requests.map(([size]) => size)).toEqual([100, 50, 25, 12]);
  });

  test('is not requested again when the forge says to wait', async () => {
    let requests = 0;
    const read = async (): Promise<Page<string>> => {
      requests += 1;
      throw new ForgeError('rate-limited', 'wait', { notBefore: 5 });
    };
    await expect(readList({ what: 'items', size: createPageSize(100), key: String, read })).rejects.toThrow(
      expect.objectContaining({ code: 'rate-limited', notBefore: 5 }),
    );
    expect(requests).toBe(1);
  });
});
