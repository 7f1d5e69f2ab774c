import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { pageLimit } from '../../api/use-list.ts';

/** The overview counts what there is: often enough for somebody who looks, and no more. */
const refreshMs = 60_000;

export const overviewQuery = (slug: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'overview'),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/organizations/{slug}/overview', { params: { path: { slug } }, signal })),
    refetchInterval: refreshMs,
  });

export const activityQuery = (slug: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'activity'),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/organizations/{slug}/activity', { params: { path: { slug } }, signal })),
  });

type Person = Schemas['Person'];

/** Pages of the list may be short or empty before the last. */
const pagesMax = 10;

/** Who waits, as far as some pages go. */
export const waitingPeopleQuery = (slug: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'people', 'waiting', 'overview'),
    queryFn: async ({ signal }) => {
      const items: Person[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages === 0 || (cursor !== undefined && pages < pagesMax); pages++) {
        const query = { state: 'waiting', limit: pageLimit, cursor } as const;
        const page = await dataOf(
          api.GET('/api/v1/organizations/{slug}/people', { params: { path: { slug }, query }, signal }),
        );
        items.push(...page.items);
        cursor = page.next;
      }
      return { items, hasMore: cursor !== undefined };
    },
  });
