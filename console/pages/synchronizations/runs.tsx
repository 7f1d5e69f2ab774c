import { Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
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
import classes from './synchronization.module.css';

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
    cell: (run) => (
      <div style={{ minWidth: 0, lineHeight: 1.35 }}>
        <AnchorLink
          to="/o/$slug/synchronizations/$synchronization/runs/$run"
          params={{ slug, synchronization, run: String(run.number) }}
          size="sm"
          fw={500}
          display="block"
          truncate
        >
          #{run.number} {causesOf(run).join(', ')}
        </AnchorLink>
        <Text size="xs" c="dimmed" component="div" truncate>
          <When at={run.started} />
          <Trouble run={run} />
        </Text>
      </div>
    ),
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
    key: 'seconds',
    title: words.columns.seconds,
    width: 12,
    isWide: true,
    cell: ({ seconds }) => (
      <Text size="sm" c="dimmed">
        {synchronizationsWords.run.seconds(seconds)}
      </Text>
    ),
  },
];

/** What went wrong, and what waits. */
function Trouble({ run }: { readonly run: Schemas['Run'] }) {
  const held = heldOf(run);
  return (
    <>
      {hasFailed(run) && <span className={classes.failed}> · {words.failed}</span>}
      {held > 0 && <span className={classes.held}> · {words.held(held)}</span>}
    </>
  );
}
