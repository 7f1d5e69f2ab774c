import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { synchronizationsQuery } from '../../api/queries.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { useMay } from '../../api/use-may.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { hostOf } from '../../components/host.ts';
import { AnchorLink } from '../../components/link.tsx';
import { OwnersPage } from '../../components/owners-page.tsx';
import { Page } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { peopleWords } from '../../words/people.ts';
import { teamsWords as words } from '../../words/teams.ts';
import { NameTeam } from './name-team.tsx';
import { teamsKey } from './queries.ts';
import { type TeamInTree, treeOf } from './tree.ts';

export function TeamsPage() {
  const { slug } = useParams({ from: '/o/$slug/teams' });
  return (
    <OwnersPage slug={slug} title={words.title}>
      <Teams slug={slug} />
    </OwnersPage>
  );
}

function Teams({ slug }: { readonly slug: string }) {
  const { isOwner } = useMay(slug);
  const list = useAllTeams(slug);
  const tree = useMemo(() => treeOf(list.rows), [list.rows]);
  const { data } = useQuery(synchronizationsQuery(slug));
  const hosts = new Map(
    data?.items.map(({ id, login, baseUrl }) => [id, peopleWords.place(login, hostOf(baseUrl))]),
  );
  return (
    <Page
      title={words.title}
      of={slug}
      description={words.description}
      actions={isOwner && <NameTeam slug={slug} />}
    >
      <Text size="sm" c="dimmed" role="status" ta="end">
        {list.isLoading ? '\u00a0' : words.shown(list.rows.length, list.hasMore)}
      </Text>
      <DataTable
        label={words.title}
        columns={columnsOf(slug, hosts, tree)}
        rowKey={({ id }) => id}
        empty={<Empty icon="team" {...words.none} />}
        {...list}
        rows={tree}
      />
    </Page>
  );
}

/** A tree needs all of them. */
function useAllTeams(slug: string) {
  const list = useList<Schemas['Team']>(
    teamsKey(slug),
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/teams', {
          params: { path: { slug }, query: { cursor, limit: pageLimit } },
          signal,
        }),
      ),
    { isLive: true },
  );
  useEffect(() => {
    if (list.hasMore && !list.isLoadingMore && list.error === null) {
      list.loadMore();
    }
  });
  // Parts of a tree would jump as others come.
  return { ...list, isLoading: list.isLoading || (list.hasMore && list.error === null) };
}

const rightsColumn: Column<TeamInTree> = {
  key: 'rights',
  title: words.columns.rights,
  width: 16,
  isWide: true,
  cell: ({ rights }) => (
    <Text size="sm" c="dimmed" truncate>
      {rights.map((right) => words.rights.rights[right].label).join(', ')}
    </Text>
  ),
};

/** In rem, for each team above. */
const indent = 1.5;

const columnsOf = (
  slug: string,
  hosts: ReadonlyMap<string, string>,
  teams: readonly TeamInTree[],
): readonly Column<TeamInTree>[] => [
  {
    key: 'team',
    title: words.columns.team,
    cell: ({ id, name, depth }) => (
      <Group gap="xs" wrap="nowrap" style={{ paddingInlineStart: `${depth * indent}rem` }}>
        {depth > 0 && (
          <Text size="sm" c="dimmed" aria-hidden="true">
            └
          </Text>
        )}
        <AnchorLink to="/o/$slug/teams/$team" params={{ slug, team: id }} size="sm" fw={500} truncate>
          {name}
        </AnchorLink>
      </Group>
    ),
  },
  // Most organizations leave none to any team.
  ...(teams.some(({ rights }) => rights.length > 0) ? [rightsColumn] : []),
  {
    key: 'host',
    title: words.columns.host,
    width: 18,
    isWide: true,
    cell: ({ from, synchronization = '' }) => (
      <Text size="sm" c="dimmed" truncate>
        {from === 'here' ? words.fromHere : hosts.get(synchronization)}
      </Text>
    ),
  },
];
