import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { type List, pageLimit, useList } from '../../api/use-list.ts';
import type { RepositoriesSearch } from './search.ts';

export type Repository = Schemas['Repository'];

export const repositoriesKey = (slug: string, ...parts: readonly unknown[]) =>
  queryKeys.of(slug, 'repositories', ...parts);

export function useRepositories(slug: string, search: RepositoriesSearch): List<Repository> {
  const filter = filterOf(search);
  return useList(repositoriesKey(slug, filter), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/repositories', {
        params: { path: { slug }, query: { ...filter, cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
}

function filterOf({ name, show, reason, synchronization }: RepositoriesSearch) {
  const common = { name, synchronization };
  switch (show) {
    case 'all':
      return common;
    case 'packages':
      return { ...common, package: 'some' } as const;
    default:
      return { ...common, package: 'none', reason } as const;
  }
}

const pagesCounted = 4;

/** How many repositories are no packages; `isMore` where there are more than were counted. */
export const countQuery = (slug: string) =>
  queryOptions({
    queryKey: repositoriesKey(slug, 'count'),
    queryFn: async ({ signal }) => {
      let count = 0;
      let cursor: string | undefined;
      for (let page = 0; page < pagesCounted; page += 1) {
        const query = { package: 'none', cursor, limit: pageLimit } as const;
        const { items, next } = await dataOf(
          api.GET('/api/v1/organizations/{slug}/repositories', { params: { path: { slug }, query }, signal }),
        );
        count += items.length;
        cursor = next;
        if (next === undefined) {
          break;
        }
      }
      return { count, isMore: cursor !== undefined };
    },
    staleTime: 60_000,
  });
