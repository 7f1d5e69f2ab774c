import { Code } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Empty } from '../../components/states.tsx';
import { packagesWords } from '../../words/packages.ts';
import { dependentsKey, type Named } from './queries.ts';

type Row = Schemas['Dependent'];
const words = packagesWords.package;

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
      label={words.tabs.dependents}
      columns={columnsOf(path)}
      rowKey={({ name }) => name}
      empty={<Empty {...words.noDependents} />}
      {...list}
    />
  );
}

const columnsOf = ({ slug }: Named): readonly Column<Row>[] => [
  {
    key: 'name',
    title: packagesWords.columns.name,
    cell: (row) => {
      const [vendor = '', name = ''] = row.name.split('/');
      return (
        <AnchorLink to="/o/$slug/packages/$vendor/$name" params={{ slug, vendor, name }} size="sm">
          {row.name}
        </AnchorLink>
      );
    },
  },
  {
    key: 'constraint',
    title: words.dependentColumns.constraint,
    cell: ({ constraint }) => <Code>{constraint}</Code>,
  },
  {
    key: 'kind',
    title: words.dependentColumns.kind,
    isWide: true,
    cell: ({ isForDevelopment }) => (isForDevelopment ? words.forDevelopment : words.always),
  },
];
