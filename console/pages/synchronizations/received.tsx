import { Badge, Text, Tooltip } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { webhooksWords as words } from '../../words/webhooks.ts';
import type { Which } from './queries.ts';
import { useReceived } from './webhook-queries.ts';

type Row = Schemas['ReceivedDelivery'];

/** What was delivered and said something new. */
export const Received = (which: Which) => (
  <DataTable
    label={words.tabs.received}
    columns={columns}
    rowKey={({ delivery, at }) => `${delivery} ${at}`}
    empty={<Empty icon="link" {...words.received.none} />}
    {...useReceived(which)}
  />
);

const columns: readonly Column<Row>[] = [
  { key: 'event', title: words.columns.event, cell: ({ event }) => event },
  { key: 'at', title: words.columns.at, width: 9, cell: ({ at }) => <When at={at} /> },
  {
    key: 'by',
    title: words.columns.by,
    width: 12,
    isWide: true,
    cell: ({ by }) =>
      by === 'log' ? (
        <Tooltip label={words.byHint}>
          <Badge variant="dot" color="yellow">
            {words.by.log}
          </Badge>
        </Tooltip>
      ) : (
        <Text size="sm" c="dimmed">
          {words.by.webhook}
        </Text>
      ),
  },
  {
    key: 'delivery',
    title: words.columns.delivery,
    isWide: true,
    cell: ({ delivery }) => (
      <Text size="xs" c="dimmed" ff="monospace" truncate title={delivery}>
        {delivery}
      </Text>
    ),
  },
];
