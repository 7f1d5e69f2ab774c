import { Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { AccessWaysLink } from '../../components/access-ways.tsx';
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
export function Access({ path, found }: PanelProps) {
  const list = useList<Row>(packageKey(path, 'access'), (cursor, signal) =>
    read(path, { ...(cursor === undefined ? {} : { cursor }), limit: pageLimit }, signal),
  );
  return (
    <Stack gap="md">
      {found.state !== 'unreadable' && <Besides path={path} />}
      <DataTable
        label={words.label}
        columns={columnsOf(path)}
        rowKey={({ id }) => id}
        empty={<Empty icon="people" {...(found.state === 'unreadable' ? words.unreadable : words.none)} />}
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

const columnsOf = (path: Named): readonly Column<Row>[] => [
  {
    key: 'person',
    title: words.columns.person,
    cell: ({ id, login }) => (
      <AnchorLink
        to="/o/$slug/people/$person"
        params={{ slug: path.slug, person: id }}
        size="sm"
        fw={500}
        truncate
      >
        {login}
      </AnchorLink>
    ),
  },
  {
    key: 'through',
    title: words.columns.through,
    cell: ({ id, paths }) => (
      <AccessWaysLink slug={path.slug} person={id} package={nameOf(path)} paths={paths} />
    ),
  },
];
