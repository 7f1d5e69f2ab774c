import { Button, Group, Progress, Text } from '@mantine/core';
import { FloatingBar } from '../../components/floating-bar.tsx';
import type { Selection } from '../../components/selection.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { repositoriesWords as words } from '../../words/repositories.ts';
import { isSettled } from './outcome.ts';
import type { Repository } from './queries.ts';
import type { Following } from './use-followed.ts';

interface ActionBarProps {
  readonly selected: readonly Repository[];
  readonly selection: Selection;
  readonly following: Following;
}

/** What is selected, or what goes on. */
export function ActionBar({ selected, selection, following }: ActionBarProps) {
  const { add, scan, followed } = following;
  const error = add.error ?? scan.error;
  if (selected.length > 0) {
    return (
      <FloatingBar label={words.selection.label}>
        <Text size="sm" role="status">
          {words.selection.count(selected.length)}
        </Text>
        <Group gap="xs">
          <Button
            size="sm"
            loading={add.isPending}
            onClick={() => add.mutate(selected, { onSuccess: () => selection.clear() })}
          >
            {words.selection.add(selected.length)}
          </Button>
          <Button size="sm" variant="default" onClick={selection.clear}>
            {words.selection.clear}
          </Button>
        </Group>
        <ProblemAlert error={error} />
      </FloatingBar>
    );
  }
  if (error) {
    return (
      <FloatingBar label={words.progress.label}>
        <ProblemAlert error={error} />
      </FloatingBar>
    );
  }
  return followed.size > 0 && <Going following={following} />;
}

function Going({ following: { followed, forget } }: { readonly following: Following }) {
  const outcomes = [...followed.values()].map(({ outcome }) => outcome);
  const settled = outcomes.filter(isSettled);
  const installable = settled.filter(({ kind }) => kind === 'installable').length;
  const isOver = settled.length === outcomes.length;
  const text = isOver
    ? words.progress.done(installable, settled.length - installable)
    : words.progress.going(settled.length, outcomes.length);
  return (
    <FloatingBar label={words.progress.label}>
      <Text size="sm" role="status">
        {text}
      </Text>
      {isOver ? (
        <Button size="compact-sm" variant="default" onClick={forget}>
          {commonWords.close}
        </Button>
      ) : (
        <Progress aria-label={text} value={(100 * settled.length) / outcomes.length} w="8rem" animated />
      )}
    </FloatingBar>
  );
}
