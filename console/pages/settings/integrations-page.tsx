import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Schemas } from '../../api/client.ts';
import { integrationsQuery, useMe } from '../../api/queries.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { hostOf } from '../../components/host.ts';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { Page } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { integrationsWords as words } from '../../words/integrations.ts';
import { connectionsQuery } from './credentials/queries.ts';

interface Row extends Pick<Schemas['Integration'], 'key' | 'name' | 'baseUrl' | 'isSignInOffered'> {
  readonly ways: Schemas['Integration']['connectsWith'];
  /** What is read there for the organization. */
  readonly used: readonly { readonly synchronization: string; readonly login: string }[];
}

/** The code hosts of the installation, and which of them the organization is kept in step with. */
export function IntegrationsPage() {
  const { slug } = useParams({ from: '/o/$slug/settings/integrations' });
  const { isAdministrator } = useMe();
  const integrations = useQuery(integrationsQuery);
  const connections = useQuery(connectionsQuery(slug));
  const rows = integrations.data?.items.map(
    ({ connectsWith: ways, ...host }): Row => ({
      ...host,
      ways,
      used:
        connections.data?.items
          .filter(({ baseUrl }) => baseUrl === host.baseUrl)
          .map(({ usedBy }) => usedBy) ?? [],
    }),
  );
  return (
    <Page
      title={words.title}
      of={slug}
      description={words.description}
      actions={
        isAdministrator && (
          <ButtonLink to="/installation/integrations" variant="default">
            {words.manage}
          </ButtonLink>
        )
      }
    >
      <DataTable
        label={words.title}
        columns={columnsOf(slug)}
        rows={rows ?? []}
        rowKey={({ key }) => key}
        isLoading={integrations.isPending || connections.isPending}
        error={integrations.error ?? connections.error}
        retry={() => void Promise.all([integrations.refetch(), connections.refetch()])}
        empty={<Empty icon="link" {...words.none} />}
      />
    </Page>
  );
}

const columnsOf = (slug: string): readonly Column<Row>[] => [
  {
    key: 'host',
    title: words.columns.host,
    cell: ({ name, baseUrl, isSignInOffered }) => (
      <div style={{ minWidth: 0, lineHeight: 1.3 }}>
        <Text size="sm" fw={500} truncate>
          {name}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {name.includes(hostOf(baseUrl)) ? '' : `${hostOf(baseUrl)} · `}
          {isSignInOffered ? words.signIn : words.noSignIn}
        </Text>
      </div>
    ),
  },
  {
    key: 'reads',
    title: words.columns.reads,
    isWide: true,
    cell: ({ ways }) => (
      <Text size="sm" lineClamp={2} style={{ lineHeight: 1.3, whiteSpace: 'normal' }}>
        {ways.map((way) => words.ways[way]).join(', ')}
      </Text>
    ),
  },
  {
    key: 'used',
    title: words.columns.used,
    cell: ({ used }) =>
      used.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.unused}
        </Text>
      ) : (
        <Group gap="xs" wrap="nowrap">
          {used.map(({ synchronization, login }) => (
            <AnchorLink
              key={synchronization}
              to="/o/$slug/synchronizations/$synchronization"
              params={{ slug, synchronization }}
              size="sm"
              truncate
            >
              {login}
            </AnchorLink>
          ))}
        </Group>
      ),
  },
];
