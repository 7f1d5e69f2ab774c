import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';

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

export const waitingPeopleQuery = (slug: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'people', 'waiting', 'overview'),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/people', {
          params: { path: { slug }, query: { state: 'waiting' } },
          signal,
        }),
      ),
  });
