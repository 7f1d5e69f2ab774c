import { Anchor, Group, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { queryKeys } from '../../../api/query-keys.ts';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Empty } from '../../../components/states.tsx';
import { When } from '../../../components/when.tsx';
import { apiKeysWords as words } from '../../../words/api-keys.ts';
import { SecretsPage } from '../secret-pages.tsx';
import { apiAddresses } from './api-addresses.ts';
import { RevokeKey } from './revoke-key.tsx';

type Key = Schemas['ApiKey'];

export function ApiKeysPage() {
  const { slug } = useParams({ from: '/o/$slug/settings/api-keys' });
  const query = useQuery({
    queryKey: queryKeys.of(slug, 'api-keys'),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/organizations/{slug}/api-keys', { params: { path: { slug } }, signal })),
  });
  return (
    <SecretsPage words={words} make="/o/$slug/settings/api-keys/new">
      <Group gap="lg">
        <Anchor href={apiAddresses.reference} size="sm">
          {words.reference}
        </Anchor>
        <Anchor href={apiAddresses.document} size="sm">
          {words.document}
        </Anchor>
      </Group>
      <DataTable
        label={words.title}
        columns={columnsOf(slug)}
        rows={query.data?.items ?? []}
        rowKey={({ id }) => id}
        isLoading={query.isPending}
        error={query.error}
        retry={() => void query.refetch()}
        empty={<Empty icon="key" {...words.none} />}
      />
    </SecretsPage>
  );
}

const columnsOf = (slug: string): readonly Column<Key>[] => [
  {
    key: 'key',
    title: words.columns.key,
    cell: ({ description, scopes }) => (
      <div style={{ minWidth: 0, lineHeight: 1.3 }}>
        <Text size="sm" fw={500} truncate>
          {description}
        </Text>
        <Text size="xs" c="dimmed" truncate title={scopeNames(scopes)}>
          {scopeNames(scopes)}
        </Text>
      </div>
    ),
  },
  {
    key: 'last',
    title: words.columns.lastUsed,
    width: 9,
    isWide: true,
    cell: ({ lastUsedAt }) => <When at={lastUsedAt} otherwise={words.neverUsed} />,
  },
  {
    key: 'made-by',
    title: words.columns.madeBy,
    width: 9,
    isWide: true,
    cell: ({ madeBy }) => (
      <Text size="sm" truncate>
        {madeBy}
      </Text>
    ),
  },
  {
    key: 'ends',
    title: words.columns.ends,
    width: 8,
    isWide: true,
    cell: ({ expiresAt }) => <When at={expiresAt} otherwise={words.neverEnds} />,
  },
  {
    key: 'revoke',
    title: words.columns.revoke,
    heading: <VisuallyHidden>{words.columns.revoke}</VisuallyHidden>,
    width: 7,
    align: 'end',
    cell: (key) => <RevokeKey slug={slug} apiKey={key} />,
  },
];

const scopeNames = (scopes: Key['scopes']): string =>
  scopes.map((scope) => words.scopes[scope].name).join(', ');
