import { Button, Group, Stack, Text } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { useFoundPeople } from '../../components/found-people.ts';
import { FoundSelect } from '../../components/found-select.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { notifyDone, notifyFailed } from '../../components/notify.ts';
import { PersonAvatar } from '../../components/person.tsx';
import { Empty, ProblemAlert } from '../../components/states.tsx';
import { teamsWords } from '../../words/teams.ts';
import { teamKey } from './queries.ts';
import { TeamLink } from './team-link.tsx';

type Team = Schemas['Team'];
type Row = Schemas['TeamMember'];

const words = teamsWords.team;

interface PanelProps {
  readonly slug: string;
  readonly team: Team;
}

export function TeamMembers({ slug, team }: PanelProps) {
  const isOwn = team.from === 'here';
  const list = useList<Row>(
    teamKey(slug, team.id, 'members'),
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
    <Stack>
      {isOwn && <AddMember slug={slug} team={team} />}
      {!isOwn && <Text size="sm">{words.ofCodeHost}</Text>}
      <DataTable
        label={words.tabs.members}
        columns={columnsOf(slug, team)}
        rowKey={({ account, person, inheritedFrom }) => [account, person, inheritedFrom].join(' ')}
        empty={<Empty icon="people" {...(isOwn ? words.noOwnMembers : words.noMembers)} />}
        {...list}
      />
    </Stack>
  );
}

const columnsOf = (slug: string, team: Team): readonly Column<Row>[] => [
  {
    key: 'member',
    title: words.memberColumns.member,
    cell: ({ person, account = '', login }) => (
      <Group gap="sm" wrap="nowrap">
        <PersonAvatar name={login} size={28} />
        <AnchorLink
          to="/o/$slug/people/$person"
          params={{ slug, person: person ?? `${team.synchronization}.${account}` }}
          size="sm"
          fw={500}
          truncate
        >
          {login}
        </AnchorLink>
      </Group>
    ),
  },
  ...(team.from === 'here'
    ? [removal(slug, team)]
    : [
        {
          key: 'level',
          title: words.memberColumns.level,
          width: 12,
          isWide: true,
          cell: ({ level = '' }: Row) => level.toLowerCase(),
        },
        {
          key: 'from',
          title: words.memberColumns.from,
          cell: ({ inheritedFrom }: Row) =>
            inheritedFrom === undefined || inheritedFrom === team.id ? (
              <Text size="sm">{words.direct}</Text>
            ) : (
              <TeamLink slug={slug} id={inheritedFrom} text={words.through} />
            ),
        },
      ]),
];

const removal = (slug: string, team: Team): Column<Row> => ({
  key: 'remove',
  title: words.memberColumns.action,
  width: 8,
  align: 'end',
  cell: ({ person, login }) =>
    person !== undefined && <RemoveMember slug={slug} team={team} person={person} login={login} />,
});

/** Anybody of the organization, as soon as somebody is chosen: taking out again is as easy. */
function AddMember({ slug, team }: PanelProps) {
  const labelOf = useFoundPeople(slug);
  const add = useChange({
    send: ({ id }: { readonly id: string; readonly login: string }) =>
      dataOf(
        api.PUT('/api/v1/organizations/{slug}/teams/{id}/members/{person}', {
          params: { path: { slug, id: team.id, person: id } },
        }),
      ),
    refreshes: [teamKey(slug, team.id)],
    onDone: (_, { login }) => notifyDone(words.added(login)),
  });
  return (
    <Stack gap="xs">
      <FoundSelect
        slug={slug}
        label={words.add}
        hint={words.addHint}
        chosen={undefined}
        maw="24rem"
        optionsOf={({ people }) => people.map((one) => ({ value: one.id, label: labelOf(one) }))}
        onChoose={(id, login) => id !== undefined && add.mutate({ id, login })}
      />
      <ProblemAlert error={add.error} />
    </Stack>
  );
}

interface RemoveMemberProps extends PanelProps {
  readonly person: string;
  readonly login: string;
}

function RemoveMember({ slug, team, person, login }: RemoveMemberProps) {
  const remove = useChange({
    send: (id: string) =>
      dataOf<unknown>(
        api.DELETE('/api/v1/organizations/{slug}/teams/{id}/members/{person}', {
          params: { path: { slug, id: team.id, person: id } },
        }),
      ),
    refreshes: [teamKey(slug, team.id)],
    onDone: () => notifyDone(words.removed(login)),
    onFailed: (error) => notifyFailed(words.notRemoved(login), error),
  });
  return (
    <Button
      variant="default"
      size="xs"
      aria-label={`${words.remove} ${login}`}
      loading={remove.isPending}
      disabled={remove.isSuccess}
      onClick={() => remove.mutate(person)}
    >
      {words.remove}
    </Button>
  );
}
