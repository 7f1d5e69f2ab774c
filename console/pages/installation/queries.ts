import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, taggedDataOf } from '../../api/client.ts';

export const installationKey = ['installation'] as const;

export const statusQuery = queryOptions({
  queryKey: [...installationKey, 'status'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/installation/status', { signal })),
});

/** With its ETag: a change needs it. */
export const settingsQuery = queryOptions({
  queryKey: [...installationKey, 'settings'],
  queryFn: ({ signal }) => taggedDataOf(api.GET('/api/v1/installation/settings', { signal })),
});

export const hostsQuery = queryOptions({
  queryKey: [...installationKey, 'integrations'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/installation/integrations', { signal })),
});
