import { Group, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { type List, pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { hostOf } from '../../components/host.ts';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { Page } from '../../components/page.tsx';
import { PersonAvatar } from '../../components/person.tsx';
import { Empty } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { peopleWords as words } from '../../words/people.ts';
import { ChangeState } from './change-state.tsx';
import { peopleKey, synchronizationsQuery } from './queries.ts';
import { type PeopleSearch, personStates } from './search.ts';
import { StateBadge } from './state-badge.tsx';

type Row = Schemas['Person'];

const from = '/o/$slug/people';

export function PeoplePage() {
  const { slug } = useParams({ from });
  const { state } = useSearch({ from });
  const navigate = useNavigate({ from });
  const list = usePeople(slug, state);
  const { data: synchronizations } = useQuery(synchronizationsQuery(slug));
  const hosts = new Map(synchronizations?.items.map(({ id, baseUrl }) => [id, hostOf(baseUrl)]));
  return (
    <Page title={words.title} of={slug} description={words.description}>
      <Group gap="sm">
        <Select
          aria-label={words.state}
          placeholder={words.anyState}
          data={personStates.map((value) => ({ value, label: words.states[value] }))}
          value={state ?? null}
          onChange={(value) =>
            void navigate({ search: { state: personStates.find((one) => one === value) }, replace: true })
          }
          clearable
          w="11rem"
        />
        <Text size="sm" c="dimmed" role="status" ml="auto">
          {list.isLoading ? '' : words.shown(list.rows.length, list.hasMore)}
        </Text>
      </Group>
      <DataTable
        label={words.title}
        columns={columnsOf(slug, hosts)}
        rowKey={({ id, synchronization, account }) => [id, synchronization, account].join(' ')}
        empty={state === undefined ? <Empty icon="people" {...words.none} /> : <NoMatch slug={slug} />}
        {...list}
      />
    </Page>
  );
}

/** Pages of this list may be empty before the last: it goes on until there is somebody, or no more. */
function usePeople(slug: string, state: PeopleSearch['state']): List<Row> {
  const list = useList<Row>(peopleKey(slug, 'list', state), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/people', {
        params: { path: { slug }, query: { state, cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  const isEmptySoFar = list.rows.length === 0 && list.hasMore && list.error === null;
  useEffect(() => {
    if (isEmptySoFar && !list.isLoadingMore) {
      list.loadMore();
    }
  });
  return { ...list, isLoading: list.isLoading || isEmptySoFar };
}

/** @param hosts of code hosts, by synchronization: a login can be there on several */
const columnsOf = (slug: string, hosts: ReadonlyMap<string, string>): readonly Column<Row>[] => [
  {
    key: 'person',
    title: words.columns.person,
    cell: ({ id, login, state, synchronization = '' }) => (
      <Group gap="sm" wrap="nowrap">
        <PersonAvatar name={login} size={28} />
        <div style={{ minWidth: 0, lineHeight: 1.3 }}>
          {state === 'invited' ? (
            <Text size="sm" truncate>
              {login}
            </Text>
          ) : (
            <AnchorLink
              to="/o/$slug/people/$person"
              params={{ slug, person: id }}
              size="sm"
              fw={500}
              truncate
            >
              {login}
            </AnchorLink>
          )}
          <Text size="xs" c="dimmed" truncate>
            {synchronization === '' ? words.byHand : (hosts.get(synchronization) ?? '\u00a0')}
          </Text>
        </div>
      </Group>
    ),
  },
  {
    key: 'role',
    title: words.columns.role,
    width: 12,
    isWide: true,
    cell: ({ role }) => commonWords.roles[role],
  },
  {
    key: 'signed-in',
    title: words.columns.signedIn,
    width: 8,
    isWide: true,
    cell: ({ isKnown }) => (
      <Text size="sm" c={isKnown ? undefined : 'dimmed'}>
        {isKnown ? words.known : words.unknown}
      </Text>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    width: 13,
    cell: ({ id, login, state }) => (
      <Group gap="xs" wrap="nowrap" justify="space-between">
        <StateBadge state={state} />
        {state === 'waiting' && <ChangeState slug={slug} id={id} name={login} state={state} isSmall />}
      </Group>
    ),
  },
];

const NoMatch = ({ slug }: { readonly slug: string }) => (
  <Empty
    icon="people"
    title={words.noMatch.title}
    text={words.noMatch.text}
    action={
      <ButtonLink to={from} params={{ slug }} search={{}} variant="default" mt="xs">
        {words.noMatch.action}
      </ButtonLink>
    }
  />
);
