import { Badge } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { peopleWords as words } from '../../words/people.ts';

type State = Schemas['Person']['state'];

const colors: Readonly<Record<State, string>> = {
  active: 'green',
  waiting: 'yellow',
  off: 'gray',
  invited: 'blue',
};

export const StateBadge = ({ state }: { readonly state: State }) => (
  <Badge variant="default" leftSection={<Dot color={colors[state]} />}>
    {words.states[state]}
  </Badge>
);

const Dot = ({ color }: { readonly color: string }) => (
  <span
    aria-hidden="true"
    style={{
      display: 'inline-block',
      width: 8,
      height: 8,
      borderRadius: 4,
      background: `var(--mantine-color-${color}-6)`,
    }}
  />
);
