/** Lists in pages: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination */
import { strikePage } from '../../faults/strike-page.ts';
import type { Reply } from '../../server/reply.ts';
import type { Context } from './context.ts';
import { selectFields } from './fields.ts';
import { refused } from './http.ts';
import { parseQuery, sorterOf } from './query.ts';

const leastLength = 10;
const usualLength = 10;
const mostLength = 100;

function wholeNumber(
  { url }: Context,
  name: string,
  { otherwise, least, most }: Readonly<Record<'otherwise' | 'least' | 'most', number>>,
): number {
  const text = url.searchParams.get(name);
  if (text === null) return otherwise;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) throw refused(400, `Invalid ${name}`);
  return value;
}

/** One object, with the fields that were asked for. */
export const single = ({ url }: Context, json: unknown): Reply => ({
  status: 200,
  json: selectFields(json, url.searchParams.get('fields')),
});

export interface ListOptions<Item> {
  shape(item: Item): unknown;
  /** Whether `q` and `sort` are taken. */
  readonly isFiltered?: boolean;
  /** Whether the number of items is told. */
  readonly isCounted?: boolean;
  /** A field that is sorted as people read numbers. */
  readonly natural?: string;
  /** How many items a page has, where that is not as usual. */
  readonly lengths?: Readonly<Record<'otherwise' | 'most', number>>;
}

/** Filters and sorts by what the items look like. */
async function chosen<Item>(context: Context, items: readonly Item[], options: ListOptions<Item>) {
  const query = context.url.searchParams.get('q');
  const sort = context.url.searchParams.get('sort');
  if (!options.isFiltered || (query === null && sort === null)) return items;
  const shaped = await Promise.all(items.map(async (item) => ({ item, json: await options.shape(item) })));
  const test = query === null ? undefined : parseQuery(query);
  const found = test === undefined ? shaped : shaped.filter(({ json }) => test(json));
  if (sort !== null) {
    const compare = sorterOf(sort, sort.replace(/^-/, '') === options.natural);
    found.sort((a, b) => compare(a.json, b.json));
  }
  return found.map(({ item }) => item);
}

/**
 * One page. `next` is the whole address of the next one, and clients may not make it themselves.
 *
 * @throws RefusalError 400 for a page, a length or a filter that makes no sense
 */
export async function listPage<Item>(
  context: Context,
  items: readonly Item[],
  options: ListOptions<Item>,
): Promise<Reply> {
  const { url, services } = context;
  const lengths = { otherwise: usualLength, most: mostLength, ...options.lengths, least: leastLength };
  const length = wholeNumber(context, 'pagelen', lengths);
  const page = wholeNumber(context, 'page', { otherwise: 1, least: 1, most: Number.MAX_SAFE_INTEGER });
  const all = await chosen(context, items, options);
  const from = (page - 1) * length;
  const hasNext = all.length > from + length;
  const match = { list: context.route, page: `${page}` };
  const shown = strikePage(context.fault, all.slice(from, from + length), match);
  if (typeof shown === 'number') throw refused(shown, 'Something went wrong');
  const next = new URL(`${services.addresses.api}${url.pathname}${url.search}`);
  next.searchParams.set('page', `${page + 1}`);
  const json = {
    values: await Promise.all(shown.map(async (item) => options.shape(item))),
    pagelen: length,
    ...((options.isCounted ?? true) && { size: all.length, page }),
    ...(hasNext && { next: next.href }),
  };
  return single(context, json);
}
