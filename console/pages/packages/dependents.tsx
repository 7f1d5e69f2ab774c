import { Code } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { PackageLink } from '../../components/package-link.tsx';
import { Empty } from '../../components/states.tsx';
import { packageWords } from '../../words/package.ts';
import { dependentsKey, type Named } from './queries.ts';

type Row = Schemas['Dependent'];
const words = packageWords.dependents;

export function Dependents({ path }: { readonly path: Named }) {
  const list = useList<Row>(dependentsKey(path), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}/dependents', {
        params: { path, query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  return (
    <DataTable
      label={packageWords.tabs.dependents}
      columns={columnsOf(path)}
      rowKey={({ name }) => name}
      empty={<Empty {...words.none} />}
      {...list}
    />
  );
}

const columnsOf = ({ slug }: Named): readonly Column<Row>[] => [
  {
    key: 'name',
    title: words.columns.name,
    cell: (row) => <PackageLink slug={slug} name={row.name} />,
  },
  {
    key: 'constraint',
    title: words.columns.constraint,
    cell: ({ constraint }) => <Code>{constraint}</Code>,
  },
  {
    key: 'kind',
    title: words.columns.kind,
    isWide: true,
    cell: ({ isForDevelopment }) => (isForDevelopment ? words.forDevelopment : words.always),
  },
];
