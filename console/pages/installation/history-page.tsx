import { Text, UnstyledButton } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { ButtonLink } from '../../components/link.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { told } from '../../words/history.ts';
import { historyWords } from '../../words/history-page.ts';
import { installationWords } from '../../words/installation.ts';
import { HistoryEntry } from '../settings/history-entry.tsx';
import { AdministratorPage } from './administrator-page.tsx';
import { installationKey } from './queries.ts';

const words = installationWords.history;
const from = '/installation/history';

type Entry = Schemas['HistoryEntry'];

export function InstallationHistoryPage() {
  const { act, actor } = useSearch({ from });
  const isFiltered = act !== undefined || actor !== undefined;
  return (
    <AdministratorPage
      title={words.title}
      description={words.description}
      actions={
        isFiltered && (
          <ButtonLink to={from} search={{}} variant="default">
            {words.all}
          </ButtonLink>
        )
      }
    >
      <History />
    </AdministratorPage>
  );
}

function History() {
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  const [opened, setOpened] = useState<Entry>();
  const list = useList<Entry>([...installationKey, 'history', search], (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/installation/history', {
        params: { query: { ...search, cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  return (
    <>
      <DataTable
        label={words.title}
        columns={columnsOf(setOpened)}
        rowKey={({ id }) => id}
        empty={<Empty icon="clock" {...historyWords.none} />}
        {...list}
      />
      <HistoryEntry
        entry={opened}
        onFilter={({ act = search.act, actor = search.actor }) => {
          setOpened(undefined);
          void navigate({ search: { act, actor }, replace: true });
        }}
        onClose={() => setOpened(undefined)}
      />
    </>
  );
}

const columnsOf = (open: (entry: Entry) => void): readonly Column<Entry>[] => [
  {
    key: 'what',
    title: historyWords.columns.what,
    cell: (entry) => (
      <div style={{ minWidth: 0, lineHeight: 1.3 }}>
        <UnstyledButton onClick={() => open(entry)} aria-haspopup="dialog" w="100%">
          <Text size="sm" fw={500} truncate>
            {told(entry)}
          </Text>
        </UnstyledButton>
        {entry.why !== '' && (
          <Text size="xs" c="dimmed" truncate>
            {entry.why}
          </Text>
        )}
      </div>
    ),
  },
  {
    key: 'at',
    title: historyWords.columns.at,
    width: 9,
    align: 'end',
    cell: ({ at }) => <When at={at} />,
  },
];
