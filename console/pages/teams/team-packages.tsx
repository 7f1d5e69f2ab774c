import { Text } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { AccessWays } from '../../components/access-ways.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { PackageLink } from '../../components/package-link.tsx';
import { Empty } from '../../components/states.tsx';
import { teamsWords } from '../../words/teams.ts';
import { teamKey } from './queries.ts';

type Row = Schemas['ReadableByTeam'];

const words = teamsWords.team;

interface PanelProps {
  readonly slug: string;
  readonly team: Schemas['Team'];
}

/** What a team may install, of which repositories, and where each right comes from. */
export function TeamPackages({ slug, team }: PanelProps) {
  const list = useList<Row>(
    teamKey(slug, team.id, 'access'),
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/teams/{id}/access', {
          params: { path: { slug, id: team.id }, query: { cursor, limit: pageLimit } },
          signal,
        }),
      ),
    { isLive: true },
  );
  return (
    <DataTable
      label={words.tabs.packages}
      columns={columnsOf(slug)}
      rowKey={({ name }) => name}
      empty={<Empty icon="package" {...(team.from === 'here' ? words.noOwnPackages : words.noPackages)} />}
      {...list}
    />
  );
}

const columnsOf = (slug: string): readonly Column<Row>[] => [
  {
    key: 'package',
    title: words.packageColumns.package,
    cell: ({ name }) => <PackageLink slug={slug} name={name} />,
  },
  {
    key: 'repository',
    title: words.packageColumns.repository,
    isWide: true,
    cell: ({ repository }) => (
      <Text size="sm" c={repository === undefined ? 'dimmed' : undefined} truncate>
        {repository?.name ?? words.unknownRepository}
      </Text>
    ),
  },
  {
    key: 'source',
    title: words.packageColumns.source,
    cell: ({ paths }) => <AccessWays paths={paths} />,
  },
];
