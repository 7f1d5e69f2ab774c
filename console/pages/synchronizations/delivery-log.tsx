import { Badge, Button, Group, Select, Stack, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { notifyDone } from '../../components/notify.ts';
import { Empty, LoadingRows, ProblemAlert } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { webhooksWords } from '../../words/webhooks.ts';
import type { Which } from './queries.ts';
import { attemptsKey, useAttempts, useHooks } from './webhook-queries.ts';

const words = webhooksWords.log;
const from = '/o/$slug/synchronizations/$synchronization/webhooks';

type Row = Schemas['DeliveryAttempt'];

/** What the code host tried to deliver, by its own log. */
export const DeliveryLog = ({ hasHooks, ...which }: Which & { readonly hasHooks: boolean }) =>
  hasHooks ? <LogOfHook {...which} /> : <Log {...which} hook={undefined} />;

/** Each webhook has a log of its own. */
function LogOfHook(which: Which) {
  const { hook: chosen } = useSearch({ from });
  const navigate = useNavigate({ from });
  const { rows, isLoading } = useHooks(which);
  const installed = rows.filter(({ state }) => state !== 'installing');
  const hook = chosen ?? installed[0]?.hook;
  if (isLoading) {
    return <LoadingRows />;
  }
  return (
    <Stack gap="sm">
      {installed.length > 1 && (
        <Select
          label={words.hook}
          data={installed.map(({ hook: value, repository }) => ({
            value,
            label:
              repository === undefined
                ? webhooksWords.hooks.organization
                : (repository.name ?? repository.id),
          }))}
          value={hook ?? null}
          onChange={(value) =>
            void navigate({ search: { tab: 'log', hook: value ?? undefined }, replace: true })
          }
          allowDeselect={false}
          searchable
          maw="24rem"
        />
      )}
      <Log key={hook} {...which} hook={hook} />
    </Stack>
  );
}

/** Pages of this list may be empty before the last: it goes on until there is something, or no more. */
function Log({ hook, ...which }: Which & { readonly hook: string | undefined }) {
  const list = useAttempts(which, hook);
  const isEmptySoFar = list.rows.length === 0 && list.hasMore && list.error === null;
  useEffect(() => {
    if (isEmptySoFar && !list.isLoadingMore) {
      list.loadMore();
    }
  });
  const redeliver = useChange({
    send: (attempt: string) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/webhooks/{synchronization}/attempts/{attempt}/redelivery', {
          params: { path: { ...which, attempt } },
        }),
      ),
    refreshes: [attemptsKey(which)],
    onDone: () => notifyDone(words.done),
  });
  return (
    <Stack gap="sm">
      <ProblemAlert error={redeliver.error} />
      <DataTable
        label={webhooksWords.tabs.log}
        columns={columnsOf(redeliver.isPending ? redeliver.variables : undefined, redeliver.mutate)}
        rowKey={({ id }) => id}
        empty={
          <Empty
            icon="link"
            {...words.none}
            action={
              <Button variant="default" mt="xs" onClick={list.retry}>
                {words.refresh}
              </Button>
            }
          />
        }
        {...list}
        isLoading={list.isLoading || isEmptySoFar}
      />
    </Stack>
  );
}

const outcomeOf = ({ arrived, status }: Pick<Row, 'arrived' | 'status'>): string =>
  arrived ? words.arrived(status) : words.failed(status);

/** @param pending the attempt that is being delivered again */
const columnsOf = (
  pending: string | undefined,
  redeliver: (attempt: string) => void,
): readonly Column<Row>[] => [
  {
    key: 'event',
    title: webhooksWords.columns.event,
    cell: ({ event, isRedelivery, at, ...result }) => (
      <div style={{ minWidth: 0, lineHeight: 1.3 }}>
        <Group gap="xs" wrap="nowrap">
          <Text span inherit truncate title={event}>
            {event}
          </Text>
          {isRedelivery && (
            <Badge variant="light" color="gray" flex="none">
              {words.again}
            </Badge>
          )}
        </Group>
        <Text size="xs" c={result.arrived ? 'dimmed' : 'red'} hiddenFrom="sm" component="div" truncate>
          {outcomeOf(result)} · <When at={at} otherwise="" />
        </Text>
      </div>
    ),
  },
  {
    key: 'at',
    title: webhooksWords.columns.at,
    width: 9,
    isWide: true,
    cell: ({ at }) => <When at={at} otherwise="" />,
  },
  {
    key: 'outcome',
    title: webhooksWords.columns.outcome,
    width: 10,
    isWide: true,
    cell: (result) => (
      <Badge variant="dot" color={result.arrived ? 'green' : 'red'}>
        {outcomeOf(result)}
      </Badge>
    ),
  },
  {
    key: 'redeliver',
    title: webhooksWords.columns.actions,
    width: 8,
    align: 'end',
    cell: ({ id, event, delivery }) => (
      <Button
        variant="default"
        size="xs"
        aria-label={words.redeliverLabel(event, delivery)}
        loading={pending === id}
        onClick={() => redeliver(id)}
      >
        {words.redeliver}
      </Button>
    ),
  },
];
