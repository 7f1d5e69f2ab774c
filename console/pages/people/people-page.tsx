import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { api, dataOf } from '../../api/client.ts';
import { synchronizationsQuery } from '../../api/queries.ts';
import { type List, pageLimit, useList } from '../../api/use-list.ts';
import { DataTable } from '../../components/data-table.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { ButtonLink } from '../../components/link.tsx';
import { ListCount } from '../../components/list-count.tsx';
import { OwnersPage } from '../../components/owners-page.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { Empty } from '../../components/states.tsx';
import { peopleWords as words } from '../../words/people.ts';
import { ActivateAll } from './activate-all.tsx';
import { AddPerson } from './add-person.tsx';
import { columnsOf, type Row } from './people-columns.tsx';
import { peopleKey } from './queries.ts';
import { type PeopleSearch, personStates } from './search.ts';

const from = '/o/$slug/people';

export function PeoplePage() {
  const { slug } = useParams({ from });
  return (
    <OwnersPage slug={slug} title={words.title}>
      <People slug={slug} />
    </OwnersPage>
  );
}

function People({ slug }: { readonly slug: string }) {
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  const change = (changed: PeopleSearch): void =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const list = usePeople(slug, search);
  const synchronizations = useQuery(synchronizationsQuery(slug)).data?.items;
  const isFiltered = search.name !== undefined || search.state !== undefined;
  const waiting = list.rows.filter(({ state }) => state === 'waiting');
  return (
    <Page
      title={words.title}
      of={slug}
      description={
        synchronizations === undefined ? (
          // Holds the place of as many lines as there will be.
          <span style={{ visibility: 'hidden' }}>{words.description}</span>
        ) : synchronizations.length === 0 ? (
          words.descriptionByHand
        ) : (
          words.description
        )
      }
      actions={
        <Group gap="xs">
          {search.state === 'waiting' && waiting.length > 1 && <ActivateAll slug={slug} people={waiting} />}
          {synchronizations?.length === 0 && <AddPerson slug={slug} />}
        </Group>
      }
    >
      <Filters search={search} change={change} list={list} />
      <DataTable
        label={words.title}
        columns={columnsOf(slug, list.rows, synchronizations)}
        rowKey={({ id, synchronization, account }) => [id, synchronization, account].join(' ')}
        empty={isFiltered ? <NoMatch slug={slug} /> : <Empty icon="people" {...words.none} />}
        {...list}
      />
    </Page>
  );
}

function usePeople(slug: string, { name, state }: PeopleSearch): List<Row> {
  return useList<Row>(
    peopleKey(slug, 'list', state, name),
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/people', {
          params: { path: { slug }, query: { name, state, cursor, limit: pageLimit } },
          signal,
        }),
      ),
    { isLive: true },
  );
}

interface FiltersProps {
  readonly search: PeopleSearch;
  change(changed: PeopleSearch): void;
  readonly list: List<Row>;
}

const Filters = ({ search, change, list }: FiltersProps) => (
  <Group gap="sm">
    <SearchField label={words.search} value={search.name} onSearch={(name) => change({ name })} />
    <FilterSelect
      label={words.state}
      any={words.anyState}
      values={personStates}
      words={words.states}
      value={search.state}
      onChange={(state) => change({ state })}
      w="11rem"
    />
    <ListCount shown={list.isLoading ? undefined : words.shown(list.rows.length, list.hasMore)} />
  </Group>
);

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
