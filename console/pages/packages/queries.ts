import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { untilDone } from '../../api/live.ts';
import { queryKeys } from '../../api/query-keys.ts';

/** A package of an organization. */
export interface Named {
  readonly slug: string;
  readonly vendor: string;
  readonly name: string;
}

export const nameOf = ({ vendor, name }: Named): string => `${vendor}/${name}`;

/** Everything of a package begins with it. */
export const packageKey = ({ slug, vendor, name }: Named, ...parts: readonly unknown[]) =>
  queryKeys.of(slug, 'package', vendor, name, ...parts);

/** Asked again while it is scanned or published. */
export const packageQuery = (path: Named) =>
  queryOptions({
    queryKey: packageKey(path, 'package'),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}', { params: { path }, signal })),
    refetchInterval: untilDone<Schemas['Package']>(
      ({ scan, state }) => !scan.isPending && state !== 'accepted',
    ),
  });

export const readmeQuery = (path: Named) =>
  queryOptions({
    queryKey: packageKey(path, 'readme'),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}/readme', { params: { path }, signal }),
      ),
  });

export const downloadsQuery = (path: Named, days: string) =>
  queryOptions({
    queryKey: packageKey(path, 'downloads', days),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}/downloads', {
          params: { path, query: { days: Number(days) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

/** For owners. */
export const claimsQuery = (path: Named) =>
  queryOptions({
    queryKey: packageKey(path, 'claims'),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}/claims', { params: { path }, signal }),
      ),
  });

export const versionsKey = (path: Named) => packageKey(path, 'versions');
export const dependentsKey = (path: Named) => packageKey(path, 'dependents');
