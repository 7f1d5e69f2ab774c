import { Badge, Code, Group, Text, Tooltip } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { packagesWords } from '../../words/packages.ts';
import { type Named, versionsKey } from './queries.ts';

type Row = Schemas['Version'];

const words = packagesWords.package;
const hashShown = 10;
const requiresShown = 2;

export function Versions({ path }: { readonly path: Named }) {
  const list = useList<Row>(versionsKey(path), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}/versions', {
        params: { path, query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  return (
    <DataTable
      label={words.versions}
      columns={columns}
      rowKey={({ normalized }) => normalized}
      empty={<Empty {...words.noVersions} />}
      {...list}
    />
  );
}

const columns: readonly Column<Row>[] = [
  {
    key: 'version',
    title: words.versionColumns.version,
    cell: ({ version, state, reason, isDefaultBranch, movedTo }) => (
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" fw={500} truncate>
          {version}
        </Text>
        {isDefaultBranch && (
          <Badge variant="light" color="gray" flex="none">
            {words.defaultBranch}
          </Badge>
        )}
        {state !== 'published' && (
          <Tooltip label={reason} disabled={reason === undefined}>
            <Badge variant="light" color={state === 'withdrawn' ? 'gray' : 'blue'} flex="none">
              {words.versionStates[state]}
            </Badge>
          </Tooltip>
        )}
        {movedTo !== undefined && (
          <Badge variant="light" color="red" flex="none">
            {words.movedTag}
          </Badge>
        )}
      </Group>
    ),
  },
  { key: 'time', title: words.versionColumns.time, width: 9.5, cell: ({ time }) => <When at={time} /> },
  {
    key: 'commit',
    title: words.versionColumns.commit,
    width: 9,
    isWide: true,
    cell: ({ commit }) => <Code title={commit}>{commit.slice(0, hashShown)}</Code>,
  },
  {
    key: 'requires',
    title: words.versionColumns.requires,
    isWide: true,
    cell: ({ requires }) => (
      <Text
        size="sm"
        c="dimmed"
        truncate
        title={requires.map(({ name, constraint }) => `${name} ${constraint}`).join('\n')}
      >
        {requires.length === 0
          ? words.requiresNothing
          : [
              ...requires.slice(0, requiresShown).map(({ name, constraint }) => `${name} ${constraint}`),
              ...(requires.length > requiresShown ? [words.more(requires.length - requiresShown)] : []),
            ].join(', ')}
      </Text>
    ),
  },
];
