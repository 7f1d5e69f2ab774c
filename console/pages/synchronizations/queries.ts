import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useMe } from '../../api/queries.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { type List, pageLimit, useList } from '../../api/use-list.ts';
import type { SynchronizationSearch } from './search.ts';

/** A synchronization of an organization. */
export interface Which {
  readonly slug: string;
  readonly synchronization: string;
}

export const keyOf = ({ slug, synchronization }: Which, ...parts: readonly unknown[]) =>
  queryKeys.of(slug, 'synchronization', synchronization, ...parts);

/** Whether whoever is signed in owns the organization: others see little of its synchronizations. */
export const useIsOwner = (slug: string): boolean =>
  useMe().organizations.some((one) => one.slug === slug && one.role === 'owner');

export const synchronizationQuery = (path: Which) =>
  queryOptions({
    queryKey: keyOf(path),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/synchronizations/{synchronization}', {
          params: { path },
          signal,
        }),
      ),
  });

/** They are listed again while they are seen: runs happen by themselves. */
export const useRuns = (path: Which, filter: SynchronizationSearch['runs']): List<Schemas['Run']> =>
  useList(
    keyOf(path, 'runs', filter),
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/synchronizations/{synchronization}/runs', {
          params: {
            path,
            query: {
              ...(filter === 'all' && { all: 'true' }),
              ...(filter === 'failed' && { failed: 'true' }),
              ...{ cursor, limit: pageLimit },
            },
          },
          signal,
        }),
      ),
    { isLive: true },
  );

interface WhichRun extends Which {
  readonly number: number;
}

export const runQuery = ({ number, ...path }: WhichRun) =>
  queryOptions({
    queryKey: keyOf(path, 'run', number),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/synchronizations/{synchronization}/runs/{number}', {
          params: { path: { ...path, number } },
          signal,
        }),
      ),
  });

export const useDifferencesOfRun = ({ number, ...path }: WhichRun): List<Schemas['RunDifference']> =>
  useList(keyOf(path, 'run', number, 'differences'), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/synchronizations/{synchronization}/runs/{number}/differences', {
        params: { path: { ...path, number }, query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );

export const useChangesOfPreview = ({ number, ...path }: WhichRun): List<Schemas['PreviewedChange']> =>
  useList(keyOf(path, 'preview', number, 'changes'), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/synchronizations/{synchronization}/previews/{number}/changes', {
        params: { path: { ...path, number }, query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );

/** They are listed again while they are seen: once they were allowed, the next read removes them. */
export const useHeldRemovals = (path: Which): List<Schemas['HeldRemovals']> =>
  useList(
    keyOf(path, 'held-removals'),
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/synchronizations/{synchronization}/held-removals', {
          params: { path, query: { cursor, limit: pageLimit } },
          signal,
        }),
      ),
    { isLive: true },
  );
