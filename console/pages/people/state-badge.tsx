import { Badge, Tooltip } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { exactTime } from '../../components/time.ts';
import { peopleWords as words } from '../../words/people.ts';

type State = Schemas['Person']['state'];

const colors: Readonly<Record<State, string>> = {
  active: 'green',
  waiting: 'yellow',
  off: 'gray',
  invited: 'blue',
};

interface StateBadgeProps {
  readonly state: State;
  /** Of an invitation, in ISO 8601. */
  readonly endsAt?: string | undefined;
}

export const StateBadge = ({ state, endsAt }: StateBadgeProps) => (
  <Tooltip
    label={endsAt === undefined ? '' : words.invitedUntil(exactTime(Date.parse(endsAt)))}
    disabled={endsAt === undefined}
  >
    <Badge variant="dot" color={colors[state]} flex="none">
      {words.states[state]}
    </Badge>
  </Tooltip>
);
