import { CloseButton, Group, Progress, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useProgress } from '../../api/use-progress.ts';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { LoadingRows } from '../../components/states.tsx';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import { Counts } from './differences.tsx';
import { keyOf, runQuery, type Which } from './queries.ts';
import { ScopeStates } from './scope-states.tsx';
import classes from './synchronization.module.css';

const words = synchronizationsWords.readNow;

interface ReadProgressProps extends Which {
  /** When the read was asked for, as the API has it. */
  readonly asked: string;
}

/** How far a read is that an owner asked for, and what it changed. */
export function ReadProgress({ slug, synchronization, asked }: ReadProgressProps) {
  const which = { slug, synchronization };
  const query = useProgress({
    queryKey: keyOf(which, 'progress', asked),
    read: (signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/synchronizations/{synchronization}/progress', {
          params: { path: which, query: { asked } },
          signal,
        }),
      ),
    isDone: ({ isDone }) => isDone,
  });
  useRefresh(which, query.data?.isDone === true);
  return (
    <section className={classes.panel} aria-label={words.title}>
      <Loaded query={query} skeleton={<LoadingRows count={4} />}>
        {(progress) => <Shown {...which} progress={progress} />}
      </Loaded>
    </section>
  );
}

/** What the page shows besides changes with the read. */
function useRefresh({ slug, synchronization }: Which, isDone: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (isDone) {
      void client.invalidateQueries({ queryKey: queryKeys.of(slug, 'overview') });
      void client.invalidateQueries({ queryKey: keyOf({ slug, synchronization }, 'runs') });
    }
  }, [client, slug, synchronization, isDone]);
}

function Shown({ progress, ...which }: Which & { readonly progress: Schemas['Progress'] }) {
  const { isDone, scopes, recordedAs } = progress;
  const navigate = useNavigate({ from: '/o/$slug/synchronizations/$synchronization' });
  const ended = scopes.filter(({ outcome }) => outcome !== 'pending').length;
  const hasFailed = scopes.some(({ outcome }) => outcome === 'failed');
  const title = isDone ? (hasFailed ? words.failed : words.done) : words.title;
  return (
    <>
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600} role="status">
          {title}
        </Text>
        <CloseButton
          aria-label={words.close}
          onClick={() => void navigate({ search: ({ asked: _, ...others }) => others, replace: true })}
        />
      </Group>
      {!isDone && (
        <Progress
          aria-label={words.progress(ended, scopes.length)}
          value={(100 * ended) / Math.max(1, scopes.length)}
          size="sm"
          mt="xs"
          animated
        />
      )}
      {isDone && <Recorded {...which} numbers={recordedAs} />}
      {(!isDone || hasFailed) && <ScopeStates scopes={scopes} />}
    </>
  );
}

const Recorded = ({ numbers, ...which }: Which & { readonly numbers: readonly number[] }) => (
  <Group gap="md" mt={4}>
    {numbers.map((number) => (
      <RecordedRun key={number} {...which} number={number} />
    ))}
  </Group>
);

/** One of the runs that carried something out, with what it changed. */
export function RecordedRun({ number, ...which }: Which & { readonly number: number }) {
  const { data: run } = useQuery(runQuery({ ...which, number }));
  const count = run === undefined ? undefined : run.counts.add + run.counts.update + run.counts.remove;
  return (
    <Group gap="xs">
      <AnchorLink
        to="/o/$slug/synchronizations/$synchronization/runs/$run"
        params={{ ...which, run: String(number) }}
        size="sm"
      >
        {synchronizationsWords.titles.run(String(number))}
      </AnchorLink>
      {run !== undefined && count !== undefined && count > 0 && <Counts counts={run.counts} />}
      {count === 0 && (
        <Text size="sm" c="dimmed">
          {words.nothing}
        </Text>
      )}
    </Group>
  );
}
