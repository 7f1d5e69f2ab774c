import { Tabs } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { AccessWays } from '../../components/access-ways.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { PackageLink } from '../../components/package-link.tsx';
import { Page } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { teamsWords } from '../../words/teams.ts';
import { teamTabs } from './search.ts';

type Team = Schemas['Team'];

const words = teamsWords.team;
const from = '/o/$slug/teams/$team';

interface PanelProps {
  readonly slug: string;
  readonly team: Team;
}

const panels = { members: Members, packages: Packages } as const;

const teamQuery = (slug: string, id: string) =>
  queryOptions({
    queryKey: queryKeys.of(slug, 'team', id),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/organizations/{slug}/teams/{id}', { params: { path: { slug, id } }, signal })),
  });

export function TeamPage() {
  const { slug, team: id } = useParams({ from });
  const { tab = 'members' } = useSearch({ from });
  const navigate = useNavigate({ from });
  const query = useQuery(teamQuery(slug, id));
  const Panel = panels[tab];
  return (
    <Page
      title={query.data?.name ?? teamsWords.title}
      of={slug}
      above={
        <AnchorLink to="/o/$slug/teams" params={{ slug }} size="sm">
          {teamsWords.title}
        </AnchorLink>
      }
      description={query.data?.parent && <Parent slug={slug} id={query.data.parent} />}
    >
      <Loaded query={query}>
        {(team) => (
          <Tabs
            value={tab}
            onChange={(value) =>
              void navigate({ search: { tab: teamTabs.find((one) => one === value) }, replace: true })
            }
          >
            <Tabs.List mb="md">
              {teamTabs.map((one) => (
                <Tabs.Tab key={one} value={one}>
                  {words.tabs[one]}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value={tab}>
              <Panel slug={slug} team={team} />
            </Tabs.Panel>
          </Tabs>
        )}
      </Loaded>
    </Page>
  );
}

function Parent({ slug, id }: { readonly slug: string; readonly id: string }) {
  const { data } = useQuery(teamQuery(slug, id));
  return (
    <AnchorLink to={from} params={{ slug, team: id }} size="sm">
      {teamsWords.below(data?.name ?? '…')}
    </AnchorLink>
  );
}

function Members({ slug, team }: PanelProps) {
  const list = useList<Schemas['TeamMember']>(
    queryKeys.of(slug, 'team', team.id, 'members'),
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/teams/{id}/members', {
          params: { path: { slug, id: team.id }, query: { cursor, limit: pageLimit } },
          signal,
        }),
      ),
    { isLive: true },
  );
  return (
    <DataTable
      label={words.tabs.members}
      columns={memberColumns(slug, team)}
      rowKey={({ account, person, inheritedFrom }) => [account, person, inheritedFrom].join(' ')}
      empty={<Empty icon="people" {...words.noMembers} />}
      {...list}
    />
  );
}

const memberColumns = (slug: string, team: Team): readonly Column<Schemas['TeamMember']>[] => [
  {
    key: 'member',
    title: words.memberColumns.member,
    cell: ({ person, account = '', login }) => (
      <AnchorLink
        to="/o/$slug/people/$person"
        params={{ slug, person: person ?? `${team.synchronization}.${account}` }}
        size="sm"
        fw={500}
        truncate
      >
        {login}
      </AnchorLink>
    ),
  },
  { key: 'level', title: words.memberColumns.level, isWide: true, cell: ({ level }) => level },
  {
    key: 'from',
    title: words.memberColumns.from,
    cell: ({ inheritedFrom }) =>
      inheritedFrom === undefined || inheritedFrom === team.id ? (
        words.direct
      ) : (
        <Parent slug={slug} id={inheritedFrom} />
      ),
  },
];

function Packages({ slug, team }: PanelProps) {
  const list = useList<Schemas['ReadablePackage']>(
    queryKeys.of(slug, 'team', team.id, 'access'),
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
      columns={packageColumns(slug)}
      rowKey={({ name }) => name}
      empty={<Empty icon="package" {...words.noPackages} />}
      {...list}
    />
  );
}

const packageColumns = (slug: string): readonly Column<Schemas['ReadablePackage']>[] => [
  {
    key: 'package',
    title: words.packageColumns.package,
    cell: (row) => <PackageLink slug={slug} name={row.name} />,
  },
  {
    key: 'source',
    title: words.packageColumns.source,
    cell: ({ paths }) => <AccessWays paths={paths} />,
  },
];
