/** Lists in pages. https://docs.gitlab.com/api/rest/#pagination */

import { strikePage } from '../../faults/strike-page.ts';
import { RefusalError, type Reply } from '../../server/reply.ts';
import type { Context } from './context.ts';
import { invalid, refused } from './http.ts';

/** Lists that are longer come without totals. */
const mostCounted = 10_000;
/** Where keyset pagination is offered, offsets end here. */
const mostOffset = 50_000;

/** A whole number of the query. @throws RefusalError 400 */
export function numberOf({ url }: Pick<Context, 'url'>, name: string, otherwise: number): number {
  const text = url.searchParams.get(name);
  if (text === null || text === '') return otherwise;
  if (!/^-?\d+$/.test(text)) throw invalid(`${name} is invalid`);
  return Number(text);
}

export function flagOf({ url }: Pick<Context, 'url'>, name: string): boolean | undefined {
  const text = url.searchParams.get(name);
  if (text === null || text === '') return undefined;
  if (!/^(true|false|0|1|t|f)$/i.test(text)) throw invalid(`${name} is invalid`);
  return /^(true|1|t)$/i.test(text);
}

function pageSize(context: Context): number {
  const size = numberOf(context, 'per_page', 20);
  if (size < 1) throw invalid('per_page has a value not allowed');
  return Math.min(100, size);
}

function linkTo(context: Context, change: Readonly<Record<string, string>>, rel: string): string {
  const url = new URL(`${context.services.addresses.web}/api/v4${context.path}`);
  for (const [name, value] of context.url.searchParams) url.searchParams.append(name, value);
  if (context.params.id !== undefined) url.searchParams.set('id', context.params.id);
  for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value);
  return `<${url.href}>; rel="${rel}"`;
}

/** Applies the faults that a page of a list may meet. */
function shown<Item>(context: Context, items: readonly Item[], page: number): readonly Item[] {
  const struck = strikePage(context.fault, items, { list: context.route, page: `${page}` });
  if (typeof struck === 'number') throw refused(struck, '500 Internal Server Error');
  return struck;
}

export interface OffsetOptions {
  /** Whether the list can be read by keyset, too. */
  readonly hasKeyset?: boolean;
  /** Whether the storage pages the list: then the first page says that there is a second one, even if that is empty. */
  readonly byGitaly?: boolean;
}

/**
 * One page by number, with totals for lists of at most 10,000 items.
 *
 * @throws RefusalError 400, or 405 for an offset beyond what a list with keyset pagination gives
 */
export async function offsetPage<Item>(
  context: Context,
  items: readonly Item[],
  shape: (item: Item) => unknown,
  { hasKeyset = false, byGitaly = false }: OffsetOptions = {},
): Promise<Reply> {
  const size = pageSize(context);
  const page = Math.max(1, numberOf(context, 'page', 1));
  if (hasKeyset && page * size > mostOffset) {
    throw new RefusalError({
      status: 405,
      json: {
        error: `Offset pagination has a maximum allowed offset of ${mostOffset} for requests that return objects of type Project. Remaining records can be retrieved using keyset pagination.`,
      },
    });
  }
  const isCounted = items.length <= mostCounted;
  // lib/gitlab/pagination/gitaly_keyset_pager.rb
  const isGuessed = byGitaly && page === 1;
  const pages = isGuessed ? Math.floor(items.length / size) + 1 : Math.max(1, Math.ceil(items.length / size));
  const hasNext = isGuessed || page < pages;
  const to = (number: number, rel: string): string =>
    linkTo(context, { page: `${number}`, per_page: `${size}` }, rel);
  const links = [
    ...(page > 1 ? [to(page - 1, 'prev')] : []),
    ...(hasNext ? [to(page + 1, 'next')] : []),
    to(1, 'first'),
    ...(isCounted ? [to(pages, 'last')] : []),
  ];
  const visible = shown(context, items.slice((page - 1) * size, page * size), page);
  return {
    status: 200,
    json: await Promise.all(visible.map(shape)),
    headers: {
      link: links.join(', '),
      'x-page': `${page}`,
      'x-per-page': `${size}`,
      'x-next-page': hasNext ? `${page + 1}` : '',
      'x-prev-page': page > 1 ? `${page - 1}` : '',
      ...(isCounted && { 'x-total': `${items.length}`, 'x-total-pages': `${pages}` }),
    },
  };
}

/**
 * One page after a position, without totals.
 *
 * @param options.rest - the items from the position on
 * @param options.next - the parameters that continue after an item
 * @param options.byGitaly - whether the storage pages the list: a full last page has a next one, and without `per_page` there is no next
 */
export async function keysetPage<Item>(
  context: Context,
  options: {
    readonly rest: readonly Item[];
    readonly next: (last: Item) => Readonly<Record<string, string>>;
    readonly byGitaly?: boolean;
    /** Whether the next page of a full last one is the first again: its token is empty (gitaly: service/commit/get_tree_entries.go). */
    readonly repeats?: boolean;
  },
  shape: (item: Item) => unknown,
): Promise<Reply> {
  const size = pageSize(context);
  const page = options.rest.slice(0, size);
  const last = page.at(-1);
  const isFull = page.length === size && context.url.searchParams.has('per_page');
  const hasNext = options.byGitaly ? isFull : options.rest.length > size;
  const isAgain = options.repeats === true && options.rest.length === page.length;
  const links =
    hasNext && last !== undefined
      ? [linkTo(context, isAgain ? { page_token: '' } : options.next(last), 'next')]
      : [];
  const visible = shown(context, page, context.url.searchParams.has('page_token') ? 2 : 1);
  return {
    status: 200,
    json: await Promise.all(visible.map(shape)),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

/** The items after the one that `page_token` names. @throws RefusalError 422 for a token that names none */
export function afterToken<Item>(
  { url }: Pick<Context, 'url'>,
  items: readonly Item[],
  tokenOf: (item: Item) => string,
): readonly Item[] {
  const token = url.searchParams.get('page_token');
  if (token === null || token === '') return items;
  const at = items.findIndex((item) => tokenOf(item) === token);
  if (at === -1) throw refused(422, `422 Unprocessable Entity - Invalid page token: ${token}`);
  return items.slice(at + 1);
}
