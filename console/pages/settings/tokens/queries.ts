import { queryOptions } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { untilDone } from '../../../api/live.ts';
import { queryKeys } from '../../../api/query-keys.ts';
import { type List, pageLimit, useList } from '../../../api/use-list.ts';

export const tokensKey = (slug: string, ...parts: readonly unknown[]) =>
  queryKeys.of(slug, 'tokens', ...parts);

/** All of them: what ends next is not known of a part. */
export function useTokens(slug: string): List<Schemas['Token']> {
  const list = useList(tokensKey(slug, 'list'), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/tokens', {
        params: { path: { slug }, query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  useEffect(() => {
    if (list.hasMore && !list.isLoadingMore && list.error === null) {
      list.loadMore();
    }
  });
  return list;
}

/** One, asked again while it is being published. */
export const tokenQuery = (slug: string, id: string) =>
  queryOptions({
    queryKey: tokensKey(slug, 'one', id),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/organizations/{slug}/tokens/{id}', { params: { path: { slug, id } }, signal })),
    refetchInterval: untilDone<Schemas['Token']>(({ state }) => state !== 'waiting'),
  });

export const settingsQuery = (slug: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'settings', 'tokens'),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/organizations/{slug}/settings', { params: { path: { slug } }, signal })),
  });
