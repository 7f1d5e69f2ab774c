import { queryOptions } from '@tanstack/react-query';
import type { Schemas } from '../../api/client.ts';
import { api, dataOf, taggedDataOf } from '../../api/client.ts';
import { whileSeen } from '../../api/live.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { type List, pageLimit, useList } from '../../api/use-list.ts';

export const peopleKey = (slug: string, ...parts: readonly unknown[]) =>
  queryKeys.of(slug, 'people', ...parts);

export const personQuery = (slug: string, id: string) =>
  queryOptions({
    queryKey: peopleKey(slug, 'one', id),
    queryFn: ({ signal }) =>
      taggedDataOf(
        api.GET('/api/v1/organizations/{slug}/people/{id}', { params: { path: { slug, id } }, signal }),
      ),
    refetchInterval: whileSeen,
  });

/** Everything that the person may install. */
export const usePackagesOf = (slug: string, id: string): List<Schemas['ReadablePackage']> =>
  useList(
    peopleKey(slug, 'access', id),
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/people/{id}/access', {
          params: { path: { slug, id }, query: { cursor, limit: pageLimit } },
          signal,
        }),
      ),
    { isLive: true },
  );
