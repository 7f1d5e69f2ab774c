import { queryOptions } from '@tanstack/react-query';
import { api, taggedDataOf } from '../../api/client.ts';
import { whileSeen } from '../../api/live.ts';
import { queryKeys } from '../../api/query-keys.ts';

export const teamsKey = (slug: string) => queryKeys.of(slug, 'teams');
export const teamKey = (slug: string, id: string, ...parts: readonly unknown[]) =>
  queryKeys.of(slug, 'team', id, ...parts);

export const teamQuery = (slug: string, id: string) =>
  queryOptions({
    queryKey: teamKey(slug, id, 'one'),
    queryFn: ({ signal }) =>
      taggedDataOf(
        api.GET('/api/v1/organizations/{slug}/teams/{id}', { params: { path: { slug, id } }, signal }),
      ),
    refetchInterval: whileSeen,
  });

export const teamRightsQuery = (slug: string, id: string) =>
  queryOptions({
    queryKey: teamKey(slug, id, 'rights'),
    queryFn: ({ signal }) =>
      taggedDataOf(
        api.GET('/api/v1/organizations/{slug}/teams/{id}/rights', {
          params: { path: { slug, id } },
          signal,
        }),
      ),
  });
