import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { untilDone, whileSeen } from '../../api/live.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { type List, pageLimit, useList } from '../../api/use-list.ts';

export type VcsRepository = Schemas['VcsRepository'];

/** Which one. */
export interface Which {
  readonly slug: string;
  readonly id: string;
}

export const vcsRepositoriesKey = (slug: string, ...parts: readonly unknown[]) =>
  queryKeys.of(slug, 'vcs-repositories', ...parts);

/** What a change of one changes elsewhere, too: packages, rights, the list of all repositories. */
export const changedKey = queryKeys.organization;

export const useVcsRepositories = (slug: string): List<VcsRepository> =>
  useList(
    vcsRepositoriesKey(slug, 'list'),
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/vcs-repositories', {
          params: { path: { slug }, query: { cursor, limit: pageLimit } },
          signal,
        }),
      ),
    { isLive: true },
  );

const isSettled = ({ nextReadAt }: VcsRepository): boolean => nextReadAt !== undefined;

/** Asked again more often while it is read. */
export const vcsRepositoryQuery = ({ slug, id }: Which) =>
  queryOptions({
    queryKey: vcsRepositoriesKey(slug, 'one', id),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/vcs-repositories/{id}', {
          params: { path: { slug, id } },
          signal,
        }),
      ),
    refetchInterval: (query) => untilDone(isSettled)(query) || whileSeen(query),
  });
