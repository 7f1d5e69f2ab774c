/** Reads REST lists by page number. */
import { fixedPageSize, type ListReading } from './pages.ts';

const itemsPerPage = 100;

/** A list with numbered pages and without a total: each page only says whether there is another. */
export function numberedList<Item extends { readonly id: string }>(
  what: string,
  ask: (page: {
    readonly per_page: number;
    readonly page: number;
  }) => Promise<{ readonly data: readonly Item[]; readonly isLast: boolean }>,
): ListReading<Item> {
  return {
    what,
    size: fixedPageSize(itemsPerPage),
    key: ({ id }) => id,
    read: async (size, after = '1') => {
      const page = Number(after);
      const { data, isLast } = await ask({ per_page: size, page });
      return { pageInfo: { hasNextPage: !isLast, endCursor: String(page + 1) }, items: data };
    },
  };
}
