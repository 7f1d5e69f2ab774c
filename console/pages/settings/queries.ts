import { queryOptions } from '@tanstack/react-query';
import { api, taggedDataOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';

export const settingsQuery = (slug: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'settings'),
    queryFn: ({ signal }) =>
      taggedDataOf(api.GET('/api/v1/organizations/{slug}/settings', { params: { path: { slug } }, signal })),
  });

export const cautionQuery = (slug: string, synchronization: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'synchronizations', 'caution', synchronization),
    queryFn: ({ signal }) =>
      taggedDataOf(
        api.GET('/api/v1/organizations/{slug}/synchronizations/{synchronization}/caution', {
          params: { path: { slug, synchronization } },
          signal,
        }),
      ),
  });
