/** Reads a list to its end and verifies that it is complete, at once or in steps. */
import { z } from 'zod';
import { ForgeError } from './errors.ts';
import { OverloadError } from './http.ts';

/** One page of a list. */
export interface Page<Item> {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly items: readonly Item[];
}

export interface ListReading<Item> {
  /** Names the list in error messages. */
  readonly what: string;
  /** How many items one page has. */
  readonly size: PageSize;
  /** Identifies an item: one that appears twice counts once. */
  readonly key: (item: Item) => string;
  readonly read: (size: number, after: string | undefined) => Promise<Page<Item> | UncountedPage<Item>>;
  /** Whether the size is part of the cursor: a read whose later page has to be smaller begins anew with that size. */
  readonly isOfOneSize?: boolean;
  /** The first page, if it was already read. */
  readonly first?: Page<Item> | undefined;
}

/** A page of a list for which the forge gives no total. */
export type UncountedPage<Item> = Omit<Page<Item>, 'totalCount'> & { readonly totalCount?: undefined };

/** Called before each request; throws to end the step. */
export type BeforeRequest = () => void;

/** The state of a page size as JSON: the current size, and how many successful pages it takes until a larger one is tried again. */
export const pageSizeSchema = z.object({
  size: z.int().positive(),
  good: z.int().nonnegative(),
  patience: z.int().positive(),
});
export type PageSizeState = z.infer<typeof pageSizeSchema>;

/** A page size that shrinks when the forge gives up on a page, and grows again after some good ones. */
export interface PageSize {
  current(): number;
  /** Halves the size. @returns false if it is already the smallest */
  shrink(): boolean;
  /** Records a successful page. */
  grow(): void;
}

/** A page without a new item ends a list; this bounds a list with ever new items. */
const pagesMax = 20_000;
/** The smallest page is an eighth of the largest. */
const smallest = 1 / 8;
const firstPatience = 4;
const patienceMax = 64;

export const freshPageSize = (start: number): PageSizeState => ({
  size: start,
  good: 0,
  patience: firstPatience,
});

/** @param state updated in place, so that it can be stored */
export function createPageSize(start: number, state: PageSizeState = freshPageSize(start)): PageSize {
  return {
    current: () => Math.min(state.size, start),
    shrink() {
      const half = Math.floor(state.size / 2);
      if (half < Math.max(1, Math.floor(start * smallest))) {
        return false;
      }
      // After each failure, wait longer before a larger page is tried again.
      const patience = Math.min(patienceMax, state.patience * 2);
      Object.assign(state, { size: half, good: 0, patience });
      return true;
    },
    grow() {
      state.good += 1;
      if (state.size < start && state.good >= state.patience) {
        Object.assign(state, { size: Math.min(start, state.size * 2), good: 0 });
      }
    },
  };
}

/** The size for lists with numbered pages, which must all have the same size. */
export const fixedPageSize = (size: number): PageSize => ({
  current: () => size,
  shrink: () => false,
  grow: () => {},
});

/** The progress of reading a list; JSON, if its items are. */
export interface ListState<Item> {
  items: Item[];
  /** Every total that a page stated. */
  totals: number[];
  /** The cursor after the last page. */
  after: string | null;
  pages: number;
  /** How many reads from the start did not match the total. */
  failed: number;
  whole: boolean;
}

export const emptyList = <Item>(): ListState<Item> => ({
  items: [],
  totals: [],
  after: null,
  pages: 0,
  failed: 0,
  whole: false,
});

/** The schema of a stored list state. */
export const listStateSchema = <Item>(item: z.ZodType<Item>) =>
  z.object({
    items: z.array(item),
    totals: z.array(z.int().nonnegative()),
    after: z.string().nullable(),
    pages: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    whole: z.boolean(),
  });

/**
 * Reads the complete list: paged to its end, each item once, checked against the forge's total. Since a list may change during the read, one
 * that does not match its total is read once more.
 *
 * @param state where an earlier step stopped; updated with each page
 * @throws ForgeError `incomplete` when it does not match again
 * @throws what `before` throws
 */
export async function readList<Item>(
  reading: ListReading<Item>,
  state: ListState<Item> = emptyList<Item>(),
  before: BeforeRequest = () => {},
): Promise<readonly Item[]> {
  const places = new Map(state.items.map((item, place) => [reading.key(item), place]));
  while (!state.whole) {
    const after = state.after ?? undefined;
    const isFirst = state.pages === 0 && state.failed === 0;
    const page =
      (isFirst ? reading.first : undefined) ??
      (reading.isOfOneSize && after !== undefined
        ? await unlessTooLarge(reading, after, before)
        : await withSmallerPages(reading.size, (size) => reading.read(size, after), before));
    if (page === undefined) {
      // The pages still count, so that this ends.
      Object.assign(state, emptyList<Item>(), { pages: state.pages, failed: state.failed });
      places.clear();
      continue;
    }
    const newItems = take(reading, state, places, page);
    const { hasNextPage, endCursor } = page.pageInfo;
    if (hasNextPage && (endCursor === null || endCursor === after || state.pages === pagesMax)) {
      throw new ForgeError('incomplete', `the forge's list of ${reading.what} does not end`);
    }
    state.after = endCursor;
    if (hasNextPage && newItems > 0) {
      continue;
    }
    const addsUp = state.totals.every((total) => total === state.items.length);
    if (!hasNextPage && addsUp) {
      state.whole = true;
    } else if (state.failed > 0) {
      throw new ForgeError('incomplete', `the forge's list of ${reading.what} does not match its total`);
    } else {
      Object.assign(state, emptyList<Item>(), { failed: 1 });
      places.clear();
    }
  }
  return state.items;
}

/** The first pages of a list, where its beginning is enough. @param most how many pages */
export async function readPages<Item>(
  { size, read }: ListReading<Item>,
  most: number,
): Promise<{ readonly items: readonly Item[]; readonly isWhole: boolean }> {
  const items: Item[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < most; pages += 1) {
    const { items: more, pageInfo } = await read(size.current(), after);
    items.push(...more);
    if (!pageInfo.hasNextPage || pageInfo.endCursor === null) {
      return { items, isWhole: true };
    }
    after = pageInfo.endCursor;
  }
  return { items, isWhole: false };
}

/** A later page. @returns undefined where the forge gives up on it, and a smaller size was chosen */
async function unlessTooLarge<Item>(
  { size, read }: ListReading<Item>,
  after: string,
  before: BeforeRequest,
): Promise<Page<Item> | UncountedPage<Item> | undefined> {
  before();
  try {
    return await read(size.current(), after);
  } catch (error) {
    if (error instanceof OverloadError && size.shrink()) {
      return undefined;
    }
    throw error;
  }
}

/** Adds a page to the state. @returns how many of its items are new */
function take<Item>(
  reading: ListReading<Item>,
  state: ListState<Item>,
  places: Map<string, number>,
  page: Page<Item> | UncountedPage<Item>,
): number {
  const before = places.size;
  for (const item of page.items) {
    const key = reading.key(item);
    const place = places.get(key) ?? state.items.length;
    places.set(key, place);
    state.items[place] = item;
  }
  if (page.totalCount !== undefined && !state.totals.includes(page.totalCount)) {
    state.totals.push(page.totalCount);
  }
  state.pages += 1;
  return places.size - before;
}

/** Repeats the request with a smaller page when the forge gives up. */
export async function withSmallerPages<Answer>(
  size: PageSize,
  ask: (size: number) => Promise<Answer>,
  before: BeforeRequest = () => {},
): Promise<Answer> {
  for (;;) {
    before();
    try {
      const answer = await ask(size.current());
      size.grow();
      return answer;
    } catch (error) {
      if (!(error instanceof OverloadError) || !size.shrink()) {
        throw error;
      }
    }
  }
}
