import { Text, VisuallyHidden } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { hostOf } from '../../components/host.ts';
import { Person } from '../../components/person.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { installationWords } from '../../words/installation.ts';
import { AdministratorPage } from './administrator-page.tsx';
import { installationKey } from './queries.ts';
import { SignInActions } from './sign-in-actions.tsx';

const words = installationWords.signIns;

type Entry = Schemas['SignInEntry'];

export const SignInsPage = () => (
  <AdministratorPage title={words.title} description={words.description}>
    <SignIns />
  </AdministratorPage>
);

function SignIns() {
  const list = useList<Entry>([...installationKey, 'sign-ins'], (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/installation/sign-ins', {
        params: { query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  return (
    <>
      <Text size="sm" c="dimmed" role="status" ta="end">
        {list.isLoading ? '\u00a0' : words.shown(list.rows.length, list.hasMore)}
      </Text>
      <DataTable
        label={words.title}
        columns={columnsWith(loginsIn(list.rows))}
        rowKey={keyOf}
        empty={<Empty icon="clock" {...words.none} />}
        {...list}
      />
    </>
  );
}

const keyOf = ({ at, act, user, session, account }: Entry): string =>
  [at, act, user, session, account?.account].join(' ');

/** What users were called last: entries without an account name them by id alone. The newest entry is the first. */
function loginsIn(entries: readonly Entry[]): ReadonlyMap<string, string> {
  const logins = entries.flatMap(({ user, account }) =>
    user === undefined || account?.login === undefined ? [] : [[user, account.login] as const],
  );
  return new Map(logins.toReversed());
}

/** @param logins by user */
const columnsWith = (logins: ReadonlyMap<string, string>): readonly Column<Entry>[] => {
  const whoOf = ({ user, account }: Entry): string =>
    account?.login ?? (user === undefined ? undefined : logins.get(user)) ?? words.unknown;
  return [
    {
      key: 'who',
      title: words.columns.who,
      cell: (entry) => (
        <Person
          login={whoOf(entry)}
          detail={entry.account === undefined ? '\u00a0' : hostOf(entry.account.baseUrl)}
        />
      ),
    },
    {
      key: 'what',
      title: words.columns.what,
      cell: ({ act, why, at }) => (
        <div style={{ minWidth: 0, lineHeight: 1.3 }}>
          <Text size="sm" c={act === 'refused' ? 'red' : undefined} truncate>
            {words.acts[act] ?? act}
          </Text>
          <Text size="xs" c="dimmed" truncate title={why} visibleFrom="sm">
            {why === undefined ? undefined : (words.reasons[why] ?? why)}
          </Text>
          <Text size="xs" c="dimmed" truncate hiddenFrom="sm" component="div">
            <When at={at} />
          </Text>
        </div>
      ),
    },
    {
      key: 'address',
      title: words.columns.address,
      width: 11,
      isWide: true,
      cell: ({ address, userAgent }) => (
        <Text size="sm" truncate title={userAgent}>
          {address}
        </Text>
      ),
    },
    {
      key: 'at',
      title: words.columns.at,
      width: 9,
      isWide: true,
      cell: ({ at }) => <When at={at} />,
    },
    {
      key: 'actions',
      title: words.columns.actions,
      heading: <VisuallyHidden>{words.columns.actions}</VisuallyHidden>,
      width: 4,
      align: 'end',
      cell: (entry) => <SignInActions entry={entry} who={whoOf(entry)} />,
    },
  ];
};
