import { Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useProgress } from '../../api/use-progress.ts';
import { Loaded } from '../../components/loaded.tsx';
import { LoadingRows } from '../../components/states.tsx';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import { keyOf, type Which } from './queries.ts';
import { RecordedRun } from './read-progress.tsx';
import { withoutIds } from './run-text.ts';
import { ScopeStates } from './scope-states.tsx';
import classes from './synchronization.module.css';

const words = synchronizationsWords.undo;
/** So many of each kind are named; the run that carried it out has all of them. */
const namedMax = 50;

interface UndoProgressProps extends Which {
  readonly number: number;
  /** When it was asked for, as the API has it. */
  readonly asked: string;
}

/** How far an undo is, what came back, and why the rest did not. */
export function UndoProgress({ number, asked, ...which }: UndoProgressProps) {
  const client = useQueryClient();
  const query = useProgress({
    queryKey: keyOf(which, 'run', number, 'undo', asked),
    read: (signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/synchronizations/{synchronization}/runs/{number}/undo', {
          params: { path: { ...which, number }, query: { asked } },
          signal,
        }),
      ),
    isDone: ({ isDone }) => isDone,
  });
  const isDone = query.data?.isDone === true;
  useEffect(() => {
    if (isDone) {
      void client.invalidateQueries({ queryKey: queryKeys.of(which.slug, 'overview') });
    }
  }, [client, which.slug, isDone]);
  return (
    <section className={classes.panel} aria-label={words.running}>
      <Loaded query={query} skeleton={<LoadingRows count={3} />}>
        {(undone) => <Shown {...which} undone={undone} />}
      </Loaded>
    </section>
  );
}

const Shown = ({
  undone: { isDone, scopes, putBack, left, counts, recordedAs },
  ...which
}: Which & { readonly undone: Schemas['Undo'] }) => (
  <>
    <Text fw={600} role="status">
      {isDone ? words.done : words.running}
    </Text>
    {recordedAs.length > 0 && (
      <Group gap="md" mt={4}>
        {recordedAs.map((number) => (
          <RecordedRun key={number} {...which} number={number} />
        ))}
      </Group>
    )}
    {!isDone && <ScopeStates scopes={scopes} />}
    {putBack.length > 0 && <Named title={words.putBack(counts.putBack)} names={putBack} />}
    {isDone && left.length > 0 && (
      <Named title={words.left(counts.left)} names={left.map(({ what, reason }) => `${what}: ${reason}`)} />
    )}
  </>
);

const Named = ({ title, names }: { readonly title: string; readonly names: readonly string[] }) => (
  <div>
    <Text size="sm" fw={500} mt="xs">
      {title}
    </Text>
    <ul className={classes.rows} style={{ marginTop: 0 }}>
      {names.slice(0, namedMax).map((name) => (
        <li key={name}>{withoutIds(name)}</li>
      ))}
    </ul>
    {names.length > namedMax && (
      <Text size="sm" c="dimmed">
        {words.more(names.length - namedMax)}
      </Text>
    )}
  </div>
);
