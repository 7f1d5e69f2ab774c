import { Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { wayText } from '../../components/access-way.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Empty } from '../../components/states.tsx';
import { packageWords } from '../../words/package.ts';
import type { PanelProps } from './panel.ts';
import { type Named, nameOf, packageKey } from './queries.ts';

type Row = Schemas['PersonWithAccess'];
const words = packageWords.access;

const read = (
  path: Named,
  query: { readonly cursor?: string; readonly limit: number },
  signal: AbortSignal,
) =>
  dataOf(
    api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}/access', {
      params: { path, query },
      signal,
    }),
  );

/** Everyone who may install it, and through what. */
export function Access({ path }: PanelProps) {
  const list = useList<Row>(packageKey(path, 'access'), (cursor, signal) =>
    read(path, { ...(cursor === undefined ? {} : { cursor }), limit: pageLimit }, signal),
  );
  return (
    <Stack gap="md">
      <Besides path={path} />
      <DataTable
        label={words.label}
        columns={columnsOf(path)}
        rowKey={({ id }) => id}
        empty={<Empty icon="people" {...words.none} />}
        {...list}
      />
    </Stack>
  );
}

/** Who reads it besides people. */
function Besides({ path }: { readonly path: Named }) {
  const { data } = useQuery({
    queryKey: packageKey(path, 'access', 'besides'),
    queryFn: ({ signal }) => read(path, { limit: 1 }, signal),
  });
  const teams = data?.teams ?? [];
  return (
    <>
      {data?.isPublic && (
        <Alert color="blue" variant="light">
          {words.isPublic}
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        {words.tokens}
        {teams.length > 0 && ` ${words.teams} `}
        {teams.map(({ id, name }, place) => (
          <span key={id}>
            {place > 0 && ', '}
            <AnchorLink
              to="/o/$slug/teams/$team"
              params={{ slug: path.slug, team: id }}
              inherit
              underline="always"
            >
              {name}
            </AnchorLink>
          </span>
        ))}
      </Text>
    </>
  );
}

const waysText = ([first, ...others]: Row['paths']): string =>
  [first && wayText(first), others.length > 0 ? words.more(others.length) : ''].join(' ');

const columnsOf = (path: Named): readonly Column<Row>[] => [
  {
    key: 'person',
    title: words.columns.person,
    cell: ({ id, login, paths }) => (
      <div style={{ minWidth: 0 }}>
        <AnchorLink to="/o/$slug/people/$person" params={{ slug: path.slug, person: id }} size="sm" fw={500}>
          {login}
        </AnchorLink>
        <Text size="xs" c="dimmed" truncate hiddenFrom="sm">
          {waysText(paths)}
        </Text>
      </div>
    ),
  },
  {
    key: 'through',
    title: words.columns.through,
    isWide: true,
    cell: ({ paths }) => (
      <Text size="sm" truncate title={paths.map(wayText).join('\n')}>
        {waysText(paths)}
      </Text>
    ),
  },
  {
    key: 'why',
    title: words.columns.why,
    width: 5,
    align: 'end',
    cell: ({ id, login }) => (
      <AnchorLink
        to="/o/$slug/why"
        params={{ slug: path.slug }}
        search={{ person: id, package: nameOf(path) }}
        size="sm"
        aria-label={words.whyOf(login)}
      >
        {words.why}
      </AnchorLink>
    ),
  },
];
