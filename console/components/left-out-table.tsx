import { Text } from '@mantine/core';
import type { Schemas } from '../api/client.ts';
import type { List } from '../api/use-list.ts';
import { leftOutWords as words } from '../words/left-out.ts';
import { type Column, DataTable } from './data-table.tsx';
import { Empty } from './states.tsx';

type Row = Schemas['LeftOutRef'];

/** Tags and branches that give no version, and why. */
export const LeftOutTable = ({ list }: { readonly list: List<Row> }) => (
  <DataTable
    label={words.label}
    columns={columns}
    rowKey={({ ref }) => ref}
    empty={<Empty icon="check" {...words.none} />}
    {...list}
  />
);

/** Reasons are sentences: all of one is on hover. */
const columns: readonly Column<Row>[] = [
  {
    key: 'ref',
    title: words.columns.ref,
    width: 11,
    cell: ({ ref }) => (
      <Text size="sm" truncate title={ref}>
        {ref}
      </Text>
    ),
  },
  {
    key: 'reason',
    title: words.columns.reason,
    cell: ({ reason }) => (
      <Text size="sm" truncate title={reason}>
        {reason}
      </Text>
    ),
  },
];
