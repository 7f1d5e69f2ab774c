import { Badge, Group, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Schemas } from '../../api/client.ts';
import { synchronizationsQuery } from '../../api/queries.ts';
import { hostOf } from '../../components/host.ts';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { peopleWords } from '../../words/people.ts';
import { teamsWords } from '../../words/teams.ts';
import { DeleteTeam } from './delete-team.tsx';
import { NameTeam } from './name-team.tsx';
import { teamQuery } from './queries.ts';
import { teamTabs } from './search.ts';
import { TeamLink } from './team-link.tsx';
import { TeamMembers } from './team-members.tsx';
import { TeamPackages } from './team-packages.tsx';
import { TeamRights } from './team-rights.tsx';

type Team = Schemas['Team'];

const words = teamsWords.team;
const from = '/o/$slug/teams/$team';
const panels = { members: TeamMembers, packages: TeamPackages, rights: TeamRights } as const;

export function TeamPage() {
  const { slug, team: id } = useParams({ from });
  const { tab = 'members' } = useSearch({ from });
  const navigate = useNavigate({ from });
  const query = useQuery(teamQuery(slug, id));
  const team = query.data?.data;
  const Panel = panels[tab];
  return (
    <Page
      title={team?.name ?? teamsWords.title}
      of={slug}
      above={
        <AnchorLink to="/o/$slug/teams" params={{ slug }} size="sm">
          {teamsWords.title}
        </AnchorLink>
      }
      description={team === undefined ? '\u00a0' : <Facts slug={slug} team={team} />}
      actions={
        team?.from === 'here' && (
          <Group gap="xs">
            <NameTeam slug={slug} team={team} etag={query.data?.etag} />
            <DeleteTeam slug={slug} team={team} />
          </Group>
        )
      }
    >
      <Loaded query={query}>
        {({ data }) => (
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
              <Panel key={data.id} slug={slug} team={data} />
            </Tabs.Panel>
          </Tabs>
        )}
      </Loaded>
    </Page>
  );
}

interface FactsProps {
  readonly slug: string;
  readonly team: Team;
}

/** Where it is from, and the team above it. */
function Facts({ slug, team }: FactsProps) {
  const { data } = useQuery(synchronizationsQuery(slug));
  const host = data?.items.find(({ id }) => id === team.synchronization);
  const place = host === undefined ? '\u00a0' : peopleWords.place(host.login, hostOf(host.baseUrl));
  return (
    <Group gap="xs" mt={2}>
      <Text size="sm">{team.from === 'here' ? teamsWords.fromHere : place}</Text>
      {team.parent !== undefined && (
        <Text size="sm" component="span">
          <TeamLink slug={slug} id={team.parent} text={teamsWords.below} />
        </Text>
      )}
      {team.privacy !== undefined && <Badge variant="default">{team.privacy.toLowerCase()}</Badge>}
    </Group>
  );
}
