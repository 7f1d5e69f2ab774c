import { Badge } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { synchronizationsWords as words } from '../../words/synchronizations.ts';

const colors = {
  importing: 'blue',
  working: 'green',
  'credential-problem': 'red',
  suspended: 'red',
} as const;

export const StateBadge = ({ state }: { readonly state: Schemas['Synchronization']['state'] }) => (
  <Badge variant={state === 'working' ? 'dot' : 'light'} color={colors[state]} flex="none">
    {words.states[state]}
  </Badge>
);
