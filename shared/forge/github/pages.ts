/** Reads a list to its end and proves that it is whole. */
import { ForgeError } from '../errors.ts';
import { OverloadError } from './http.ts';
import type { Page } from './schema.ts';

export interface ListReading<Item> {
  /** For messages. */
  readonly what: string;
  /** Items asked for at once; halved each time GitHub gives up on a page. */
  readonly size: PageSize;
  /** What tells an item from the others: one that comes twice counts once. */
  readonly key: (item: Item) => string;
  readonly read: (size: number, after: string | undefined) => Promise<Page<Item>>;
  /** A page that is there already. */
  readonly first?: Page<Item>;
}

/** A page size that shrinks for the rest of a scope's read. */
export interface PageSize {
  current(): number;
  /** Whether there was something left to halve. */
  shrink(): boolean;
}

/** Pages of one list: more is no organization but a loop. */
const pagesMax = 2000;
const shrinksMax = 3;

/** @param shrinks 0 for a list whose pages are counted, so that all must be of one size */
export function createPageSize(start: number, shrinks = shrinksMax): PageSize {
  let size = start;
  let left = shrinks;
  return {
    current: () => size,
    shrink() {
      if (left === 0 || size === 1) {
        return false;
      }
      left -= 1;
      size = Math.floor(size / 2);
      return true;
    },
  };
}

/**
 * The whole list: paged to its end, each item once, as many as GitHub counts. Because a list may change while it is read, one that
 * does not add up is read once more.
 *
 * @throws ForgeError `incomplete` when it does not add up again
 */
export async function readList<Item>(reading: ListReading<Item>): Promise<readonly Item[]> {
  const once = await readOnce(reading, reading.first);
  if (once !== undefined) {
    return once;
  }
  const again = await readOnce(reading, undefined);
  if (again !== undefined) {
    return again;
  }
  throw new ForgeError('incomplete', `GitHub's list of ${reading.what} does not add up`);
}

async function readOnce<Item>(
  reading: ListReading<Item>,
  first: Page<Item> | undefined,
): Promise<readonly Item[] | undefined> {
  const items = new Map<string, Item>();
  const totals = new Set<number>();
  const cursors = new Set<string>();
  const readPage = (after: string | undefined) =>
    askingForLess(reading.size, (size) => reading.read(size, after));
  let page = first ?? (await readPage(undefined));
  for (let pages = 1; ; pages += 1) {
    totals.add(page.totalCount);
    for (const item of page.items) {
      items.set(reading.key(item), item);
    }
    const { hasNextPage, endCursor } = page.pageInfo;
    if (!hasNextPage) {
      return totals.size === 1 && totals.has(items.size) ? [...items.values()] : undefined;
    }
    if (endCursor === null || cursors.has(endCursor) || pages === pagesMax) {
      throw new ForgeError('incomplete', `GitHub's list of ${reading.what} has no end`);
    }
    cursors.add(endCursor);
    page = await readPage(endCursor);
  }
}

/** Asks again for less when GitHub gives up: it stops a query after 10 s. */
export async function askingForLess<Answer>(
  size: PageSize,
  ask: (size: number) => Promise<Answer>,
): Promise<Answer> {
  for (;;) {
    try {
      return await ask(size.current());
    } catch (error) {
      if (!(error instanceof OverloadError) || !size.shrink()) {
        throw error;
      }
    }
  }
}
