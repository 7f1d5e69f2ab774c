import { Group, Text, UnstyledButton } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Icon } from '../../components/icon.tsx';
import { ButtonLink } from '../../components/link.tsx';
import { Page } from '../../components/page.tsx';
import { PersonAvatar } from '../../components/person.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { told } from '../../words/history.ts';
import { historyWords as words } from '../../words/history-page.ts';
import { settingsWords } from '../../words/settings.ts';
import { HistoryEntry } from './history-entry.tsx';
import { ExportMenu, HistoryFilter } from './history-filter.tsx';
import classes from './history-page.module.css';
import { type HistorySearch, historyQuery } from './history-search.ts';
import { whyOf } from './history-why.ts';

type Entry = Schemas['HistoryEntry'];

const from = '/o/$slug/settings/history';

export function HistoryPage() {
  const { slug } = useParams({ from });
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  const [opened, setOpened] = useState<Entry>();
  const list = useList<Entry>(queryKeys.of(slug, 'history', search), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/history', {
        params: { path: { slug }, query: { ...historyQuery(search), cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  const filterBy = (change: HistorySearch) => {
    setOpened(undefined);
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  };
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  return (
    <Page
      title={settingsWords.titles.history}
      of={slug}
      description={words.description}
      actions={<ExportMenu slug={slug} search={search} />}
    >
      <HistoryFilter slug={slug} search={search} entries={list.rows} onChange={filterBy}>
        {list.isLoading ? '' : words.shown(list.rows.length, list.hasMore)}
      </HistoryFilter>
      <DataTable
        label={settingsWords.titles.history}
        columns={columnsOf(setOpened)}
        rowKey={({ id }) => id}
        empty={isFiltered ? <NoMatch slug={slug} /> : <Empty icon="clock" {...words.none} />}
        {...list}
      />
      <HistoryEntry slug={slug} entry={opened} onFilter={filterBy} onClose={() => setOpened(undefined)} />
    </Page>
  );
}

const columnsOf = (open: (entry: Entry) => void): readonly Column<Entry>[] => [
  {
    key: 'what',
    title: words.columns.what,
    cell: (entry) => (
      <Group gap="sm" wrap="nowrap">
        <ActorMark entry={entry} />
        <div style={{ minWidth: 0, lineHeight: 1.3 }}>
          <UnstyledButton className={classes.entry} onClick={() => open(entry)} aria-haspopup="dialog">
            {told(entry)}
          </UnstyledButton>
          <Text size="xs" c="dimmed" truncate>
            <span className={classes.narrow}>
              <When at={entry.at} />
              {whyOf(entry) !== '' && ' · '}
            </span>
            {whyOf(entry)}
          </Text>
        </div>
      </Group>
    ),
  },
  {
    key: 'source',
    title: words.columns.source,
    width: 8,
    isWide: true,
    cell: ({ actor }) => (actor === undefined ? '' : words.sources[actor.kind]),
  },
  {
    key: 'at',
    title: words.columns.at,
    width: 9,
    align: 'end',
    isWide: true,
    cell: ({ at }) => <When at={at} />,
  },
];

const marks = { key: 'key', operator: 'settings', synchronization: 'sync', system: 'package' } as const;

function ActorMark({ entry: { actor, by } }: { readonly entry: Entry }) {
  return actor === undefined || actor.kind === 'user' ? (
    <PersonAvatar name={actor?.name ?? by} size={28} />
  ) : (
    <span className={classes.mark}>
      <Icon name={marks[actor.kind]} size={16} />
    </span>
  );
}

const NoMatch = ({ slug }: { readonly slug: string }) => (
  <Empty
    icon="search"
    title={words.noMatch.title}
    text={words.noMatch.text}
    action={
      <ButtonLink to={from} params={{ slug }} search={{}} variant="default" mt="xs">
        {words.filters.clear}
      </ButtonLink>
    }
  />
);
