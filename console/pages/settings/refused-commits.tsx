import { Code, Group, Text, Title } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import type { Confirmed } from '../../components/confirm-dialog.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { notifyDone } from '../../components/notify.ts';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { emergencyStopWords } from '../../words/emergency-stop.ts';
import { RefuseCommits } from './refuse-commits.tsx';

type Row = Schemas['RefusedCommit'];
const words = emergencyStopWords.commits;
const short = (commit: string): string => commit.slice(0, 10);

interface OfOrganization {
  readonly slug: string;
}

/** Commits that nobody gets an archive of. */
export function RefusedCommits({ slug }: OfOrganization) {
  const list = useList<Row>(queryKeys.of(slug, 'refused-commits'), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/refused-commits', {
        params: { path: { slug }, query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  return (
    <section aria-label={words.title}>
      <Group justify="space-between" align="flex-start" gap="sm" mb="sm">
        <div style={{ maxWidth: '34rem' }}>
          <Title order={2} size="h4">
            {words.title}
          </Title>
          <Text size="sm" c="dimmed">
            {words.description}
          </Text>
        </div>
        <RefuseCommits slug={slug} />
      </Group>
      <DataTable
        label={words.title}
        columns={columnsOf(slug)}
        rowKey={({ commit }) => commit}
        empty={<Empty icon="check" {...words.none} />}
        {...list}
      />
    </section>
  );
}

const columnsOf = (slug: string): readonly Column<Row>[] => [
  {
    key: 'commit',
    title: words.columns.commit,
    width: 10,
    cell: ({ commit }) => (
      <Group gap={4} wrap="nowrap">
        <Code>{short(commit)}</Code>
        <CopyButton value={commit} label={words.copy} />
      </Group>
    ),
  },
  {
    key: 'why',
    title: words.columns.why,
    isWide: true,
    cell: ({ why, by }) => (
      <div style={{ lineHeight: 1.3 }}>
        <Text size="sm" truncate>
          {why}
        </Text>
        {by !== undefined && (
          <Text size="xs" c="dimmed" truncate>
            {words.by(by)}
          </Text>
        )}
      </div>
    ),
  },
  { key: 'at', title: words.columns.at, width: 8.5, isWide: true, cell: ({ at }) => <When at={at} /> },
  {
    key: 'state',
    title: words.columns.state,
    width: 8.5,
    isWide: true,
    cell: ({ isWithdrawn, removedAt }) =>
      removedAt !== undefined ? words.removed : isWithdrawn ? words.withdrawn : words.pending,
  },
  {
    key: 'allow',
    title: words.columns.change,
    align: 'end',
    width: 10.5,
    cell: ({ commit }) => <AllowCommit slug={slug} commit={commit} />,
  },
];

function AllowCommit({ slug, commit }: OfOrganization & Pick<Row, 'commit'>) {
  const allow = useChange({
    send: ({ why }: Pick<Confirmed, 'why'>) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/refused-commits/{commit}/allow', {
          params: { path: { slug, commit } },
          body: { why },
        }),
      ),
    refreshes: [queryKeys.organization(slug)],
    onDone: () => notifyDone(words.allowed(short(commit))),
  });
  return (
    <ConfirmButton
      label={words.allow}
      spoken={words.allowOf(short(commit))}
      size="xs"
      title={words.allowTitle(short(commit))}
      asksWhy
      change={allow}
    >
      {words.allowText}
    </ConfirmButton>
  );
}
