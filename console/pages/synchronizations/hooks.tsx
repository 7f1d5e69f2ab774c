import { Badge } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { webhooksWords as words } from '../../words/webhooks.ts';
import type { Which } from './queries.ts';
import { useHooks } from './webhook-queries.ts';

type Row = Schemas['Hook'];

/** The webhooks that are installed for the synchronization, or are to be. */
export const Hooks = (which: Which) => (
  <DataTable
    label={words.tabs.hooks}
    columns={columns}
    rowKey={({ hook }) => hook}
    empty={<Empty icon="link" {...words.hooks.none} />}
    {...useHooks(which)}
  />
);

const colors = { installing: 'gray', working: 'green', paused: 'yellow', disabled: 'red' } as const;

const columns: readonly Column<Row>[] = [
  {
    key: 'hook',
    title: words.columns.hook,
    cell: ({ repository }) =>
      repository === undefined ? words.hooks.organization : (repository.name ?? repository.id),
  },
  {
    key: 'state',
    title: words.columns.state,
    width: 12,
    cell: ({ state }) => (
      <Badge variant="dot" color={colors[state]}>
        {words.hooks.states[state]}
      </Badge>
    ),
  },
  {
    key: 'since',
    title: words.columns.since,
    width: 9,
    isWide: true,
    cell: ({ since }) => <When at={since} otherwise="" />,
  },
];
