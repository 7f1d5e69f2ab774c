import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';

/** A package of an organization. */
export interface Named {
  readonly slug: string;
  readonly vendor: string;
  readonly name: string;
}

const key = ({ slug, vendor, name }: Named, ...parts: readonly unknown[]) =>
  queryKeys.of(slug, 'package', vendor, name, ...parts);

export const packageQuery = (path: Named) =>
  queryOptions({
    queryKey: key(path),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}', { params: { path }, signal })),
  });

export const readmeQuery = (path: Named) =>
  queryOptions({
    queryKey: key(path, 'readme'),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}/readme', { params: { path }, signal }),
      ),
  });

export const versionsKey = (path: Named) => key(path, 'versions');
export const dependentsKey = (path: Named) => key(path, 'dependents');
