import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { queryKeys } from '../../../api/query-keys.ts';
import { pageLimit } from '../../../api/use-list.ts';

export const connectionsQuery = (slug: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'connections'),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/organizations/{slug}/connections', { params: { path: { slug } }, signal })),
  });

/** What the history calls it that somebody provides a connection. */
const providing = ['replace-connection', 'add-synchronization', 'create-organization'] as const;

/** Who provided connections, the newest first. The history keeps that; a connection itself does not. */
export const providersQuery = (slug: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'history', 'connections'),
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        providing.map((act) =>
          dataOf(
            api.GET('/api/v1/organizations/{slug}/history', {
              params: { path: { slug }, query: { act, limit: pageLimit } },
              signal,
            }),
          ),
        ),
      );
      return pages.flatMap(({ items }) => items);
    },
  });

/** The entry about what the organization on a code host is read with now. @param entries as `providersQuery` has them */
export const providedBy = (
  entries: readonly Schemas['HistoryEntry'][],
  login: string,
): Schemas['HistoryEntry'] | undefined =>
  entries.find(({ act, subject }) => act !== 'create-organization' && subject === login) ??
  entries.find(({ act }) => act === 'create-organization');
