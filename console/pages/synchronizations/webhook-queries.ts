import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { type List, pageLimit, useList } from '../../api/use-list.ts';
import { keyOf, type Which } from './queries.ts';

export const webhooksQuery = (slug: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'webhooks'),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/organizations/{slug}/webhooks', { params: { path: { slug } }, signal })),
  });

export const useReceived = (path: Which): List<Schemas['ReceivedDelivery']> =>
  useList(
    keyOf(path, 'deliveries'),
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/webhooks/{synchronization}/deliveries', {
          params: { path, query: { cursor, limit: pageLimit } },
          signal,
        }),
      ),
    { isLive: true },
  );

export const useHooks = (path: Which): List<Schemas['Hook']> =>
  useList(keyOf(path, 'hooks'), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/webhooks/{synchronization}/hooks', {
        params: { path, query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );

export const attemptsKey = (path: Which) => keyOf(path, 'attempts');

/** By the log of the code host, which is asked each time. @param hook whose log it is, where there are several */
export const useAttempts = (path: Which, hook: string | undefined): List<Schemas['DeliveryAttempt']> =>
  useList([...attemptsKey(path), hook], (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/webhooks/{synchronization}/attempts', {
        params: { path, query: { cursor, hook } },
        signal,
      }),
    ),
  );
