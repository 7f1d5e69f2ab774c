import { Badge, Tooltip } from '@mantine/core';
import type { Schemas } from '../../../api/client.ts';
import { tokensWords as words } from '../../../words/tokens.ts';

type State = Schemas['Token']['state'];

const colors: Readonly<Record<State, string>> = {
  waiting: 'blue',
  active: 'green',
  suspended: 'yellow',
  revoked: 'gray',
  expired: 'gray',
};

export function TokenState({ state }: { readonly state: State }) {
  const badge = (
    <Badge variant="dot" color={colors[state]} flex="none">
      {words.states[state]}
    </Badge>
  );
  return state === 'suspended' ? (
    <Tooltip label={words.suspendedWhy} multiline w={260}>
      {badge}
    </Tooltip>
  ) : (
    badge
  );
}
