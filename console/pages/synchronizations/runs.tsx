import { Badge, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Schemas } from '../../api/client.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import { Counts } from './differences.tsx';
import { useRuns, type Which } from './queries.ts';
import { causesOf, hasFailed, heldOf } from './run-text.ts';
import { runFilters } from './search.ts';

const words = synchronizationsWords.runs;
const from = '/o/$slug/synchronizations/$synchronization';

/** The history of a synchronization. */
export function Runs(which: Which) {
  const { runs: filter } = useSearch({ from });
  const navigate = useNavigate({ from });
  const list = useRuns(which, filter);
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2}>{words.title}</Title>
        <SegmentedControl
          aria-label={words.filter}
          size="xs"
          data={(['changes', ...runFilters] as const).map((value) => ({
            value,
            label: words.filters[value],
          }))}
          value={filter ?? 'changes'}
          onChange={(value) =>
            void navigate({
              search: (before) => ({ ...before, runs: runFilters.find((one) => one === value) }),
              replace: true,
            })
          }
        />
      </Group>
      <DataTable
        label={words.title}
        columns={columnsOf(which)}
        rowKey={({ number }) => String(number)}
        empty={<Empty icon="clock" {...words.none[filter ?? 'changes']} />}
        {...list}
      />
    </Stack>
  );
}

const columnsOf = ({ slug, synchronization }: Which): readonly Column<Schemas['Run']>[] => [
  {
    key: 'run',
    title: words.columns.run,
    width: 11,
    cell: ({ number, started }) => (
      <Group gap="xs" wrap="nowrap">
        <AnchorLink
          to="/o/$slug/synchronizations/$synchronization/runs/$run"
          params={{ slug, synchronization, run: String(number) }}
          size="sm"
          fw={500}
          aria-label={synchronizationsWords.titles.run(String(number))}
        >
          #{number}
        </AnchorLink>
        <Text size="sm" c="dimmed" component="span">
          <When at={started} />
        </Text>
      </Group>
    ),
  },
  {
    key: 'cause',
    title: words.columns.cause,
    cell: (run) => causesOf(run).join(', '),
  },
  {
    key: 'changes',
    title: words.columns.changes,
    width: 8,
    cell: ({ counts }) =>
      counts.add + counts.update + counts.remove === 0 ? (
        <Text size="sm" c="dimmed">
          {words.noChanges}
        </Text>
      ) : (
        <Counts counts={counts} />
      ),
  },
  {
    key: 'outcome',
    title: words.columns.outcome,
    width: 12,
    isWide: true,
    cell: (run) => <Outcome run={run} />,
  },
  {
    key: 'seconds',
    title: words.columns.seconds,
    width: 10,
    isWide: true,
    cell: ({ seconds }) => (
      <Text size="sm" c="dimmed">
        {synchronizationsWords.run.seconds(seconds)}
      </Text>
    ),
  },
];

export function Outcome({ run }: { readonly run: Schemas['Run'] }) {
  const held = heldOf(run);
  return (
    <Group gap="xs" wrap="nowrap">
      {hasFailed(run) ? (
        <Badge variant="dot" color="red">
          {words.failed}
        </Badge>
      ) : (
        <Text size="sm" c="dimmed">
          {words.read}
        </Text>
      )}
      {held > 0 && (
        <Badge variant="dot" color="yellow">
          {words.held(held)}
        </Badge>
      )}
    </Group>
  );
}
