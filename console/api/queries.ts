/** What several pages ask. What one area alone asks is in its folder, as `queries.ts`. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from './client.ts';
import { forgetPerson } from './forget-person.ts';
import { isProblem } from './problem.ts';
import { queryKeys } from './query-keys.ts';
import { setSessionEnded } from './session-end.ts';

type Me = Schemas['Me'];

/**
 * Whoever is signed in; null if nobody is. When a session ends while the console is open, the person stays here, and with it the page and what
 * was typed into it: layout/session-ended-dialog.tsx asks to sign in again.
 */
export const meQuery = queryOptions({
  queryKey: queryKeys.me,
  queryFn: async ({ signal, client }): Promise<Me | null> => {
    try {
      const me = await dataOf(api.GET('/api/v1/me', { signal }));
      const before = client.getQueryData<Me | null>(queryKeys.me);
      if (before && before.id !== me.id) {
        // Somebody else signed in, here or in another tab.
        forgetPerson(client);
        window.location.reload();
        return null;
      }
      setSessionEnded(false);
      return me;
    } catch (error) {
      if (!isProblem(error, 'unauthenticated')) {
        throw error;
      }
      const before = client.getQueryData<Me | null>(queryKeys.me) ?? null;
      setSessionEnded(before !== null);
      return before;
    }
  },
  staleTime: 60_000,
  // Another tab may have signed in somebody else.
  refetchOnWindowFocus: 'always',
});

export const organizationsQuery = queryOptions({
  queryKey: queryKeys.organizations,
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/organizations', { signal })),
});

export const integrationsQuery = queryOptions({
  queryKey: queryKeys.integrations,
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/integrations', { signal })),
  staleTime: 300_000,
});

/** For whoever is not signed in. */
export const signInHostsQuery = queryOptions({
  queryKey: queryKeys.signInHosts,
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/sign-in-hosts', { signal })),
});

export const organizationQuery = (slug: string) =>
  queryOptions({
    queryKey: queryKeys.organization(slug),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/organizations/{slug}', { params: { path: { slug } }, signal })),
  });

/** For filters: their names and where they are. */
export const synchronizationsQuery = (slug: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'synchronizations', 'names'),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/synchronizations', { params: { path: { slug } }, signal }),
      ),
  });

/** Whoever is signed in. Below the shell somebody always is. */
export function useMe(): Schemas['Me'] {
  const { data } = useQuery(meQuery);
  if (!data) {
    throw new Error('nobody is signed in here');
  }
  return data;
}
