/** A read of a scope in steps: it may stop between two requests and continue in another process. */
import { z } from 'zod';
import { ForgeError } from './errors.ts';
import type { ReadingOptions, ReadingProgress, ScopeRead, ScopeStep } from './forge.ts';
import {
  createPageSize,
  emptyList,
  freshPageSize,
  type ListReading,
  type ListState,
  listStateSchema,
  type PageSize,
  pageSizeSchema,
  readList,
} from './pages.ts';

export interface Reading {
  /** The current page size of that name in this read. @param start the largest */
  size(name: string, start: number): PageSize;
  /**
   * Reads the complete list of that name. A list that is already complete is not read again.
   *
   * @param item the schema of the list's items, to validate what an earlier step stored
   */
  list<Item>(name: string, item: z.ZodType<Item>, reading: ListReading<Item>): Promise<readonly Item[]>;
}

/** Reads each list at once. */
export const withoutSteps: Reading = {
  size: (_, start) => createPageSize(start),
  list: (_, __, listing) => readList(listing),
};

/** Thrown to end a step; never leaves this file. */
class StepEnd extends Error {
  override readonly name = 'StepEnd';
}

/** Lists are validated on use, each with the schema of its items. */
const stateSchema = z.object({
  scope: z.string(),
  sizes: z.record(z.string(), pageSizeSchema),
  lists: z.record(z.string(), z.unknown()),
});
const headSchema = z.object({ items: z.array(z.unknown()), totals: z.array(z.number()), pages: z.number() });

/**
 * Reads in steps.
 *
 * @param main the list that progress is reported by, or the beginning of the names of several: `main of …`
 * @param read reads the scope; it is called again in each step, and finds in its lists what was already read
 * @throws ForgeError what `read` throws; but a limit after the first page, or an outage after the first page of this step, only ends the
 * step
 */
export async function readInSteps(
  { scope, main }: { readonly scope: string; readonly main: string },
  { from, mayContinue = () => true }: ReadingOptions,
  read: (reading: Reading) => Promise<ScopeRead>,
): Promise<ScopeStep> {
  const before = stateSchema.safeParse(from).data;
  const state = before?.scope === scope ? before : { scope, sizes: {}, lists: {} };
  let requestCount = 0;
  const beforeRequest = (): void => {
    if (requestCount > 0 && !mayContinue()) {
      throw new StepEnd();
    }
    requestCount += 1;
  };
  const reading: Reading = {
    size(name, start) {
      const size = state.sizes[name] ?? freshPageSize(start);
      state.sizes[name] = size;
      return createPageSize(start, size);
    },
    list<Item>(name: string, item: z.ZodType<Item>, listing: ListReading<Item>) {
      const known = listStateSchema(item).safeParse(state.lists[name]).data;
      const list: ListState<Item> = known ?? emptyList<Item>();
      state.lists[name] = list;
      return readList(listing, list, beforeRequest);
    },
  };
  const progress = (): Omit<ReadingProgress, 'notBefore'> => {
    const lists = Object.entries(state.lists).flatMap(([name, list]) =>
      name === main || name.startsWith(`${main} of `) ? (headSchema.safeParse(list).data ?? []) : [],
    );
    const read = lists.reduce((sum, { items }) => sum + items.length, 0);
    return { state, read, total: lists.length === 1 ? lists[0]?.totals.at(-1) : undefined };
  };
  const pages = (): number =>
    Object.values(state.lists).reduce<number>(
      (sum, list) => sum + (headSchema.safeParse(list).data?.pages ?? 0),
      0,
    );
  const pagesBefore = pages();
  try {
    return { done: await read(reading) };
  } catch (error) {
    if (error instanceof StepEnd) {
      return { unfinished: progress() };
    }
    if (error instanceof ForgeError && error.code === 'rate-limited' && pages() > 0) {
      return { unfinished: { ...progress(), notBefore: error.notBefore } };
    }
    // A step without progress fails, so that an outage does not cause endless steps.
    if (error instanceof ForgeError && error.code === 'unavailable' && pages() > pagesBefore) {
      return { unfinished: progress() };
    }
    throw error;
  }
}
