import type { Context } from './context.ts';
import { RefusalError } from './http.ts';

/** A page of a list, with its `Link` header. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly headers: Readonly<Record<string, string>>;
}

function positive(text: string | null, otherwise: number): number {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : otherwise;
}

/** Parses `per_page` as GitHub does: 30 if it is missing or no number, 100 at most. */
export function perPage(query: URLSearchParams): number {
  return Math.min(100, positive(query.get('per_page'), 30));
}

/** One entry of a `Link` header, on the path with ids. */
export function link(context: Context, rel: string, change: Record<string, string>): string {
  const query = new URLSearchParams(context.url.search);
  for (const [name, value] of Object.entries(change)) query.set(name, value);
  return `<${context.services.addresses.api}${context.canonicalPath}?${query}>; rel="${rel}"`;
}

/** Applies the faults for one page of a list: it fails, or loses items at its end. @throws RefusalError */
export function strikePage<T>(context: Context, page: number, items: readonly T[]): readonly T[] {
  const match = { list: context.route, page: `${page}` };
  const failing = context.fault('failing-page', match);
  if (failing !== undefined)
    throw new RefusalError({ status: failing.status ?? 502, message: 'Server Error' });
  const short = context.fault('short-page', match);
  return short === undefined ? items : items.slice(0, Math.max(0, items.length - (short.drop ?? 1)));
}

/**
 * The page that the request names by number (https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api). Its
 * links have ids even if the request had names, as GitHub's do.
 */
export function paged<T>(context: Context, all: readonly T[]): Page<T> {
  const query = context.url.searchParams;
  const size = perPage(query);
  const page = positive(query.get('page'), 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const links: string[] = [];
  if (page > 1) links.push(link(context, 'prev', { page: `${Math.min(page - 1, last)}` }));
  if (page < last)
    links.push(link(context, 'next', { page: `${page + 1}` }), link(context, 'last', { page: `${last}` }));
  if (page > 1) links.push(link(context, 'first', { page: '1' }));
  return {
    items: strikePage(context, page, all.slice((page - 1) * size, page * size)),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}
