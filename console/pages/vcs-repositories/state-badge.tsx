import { Badge } from '@mantine/core';
import { vcsRepositoriesWords as words } from '../../words/vcs-repositories.ts';
import type { VcsRepository } from './queries.ts';

const colors = { new: 'yellow', reading: 'gray', failed: 'red', working: 'green' } as const;

/** How the reading of a repository is, in a word or two. */
export const StateBadge = ({
  repository: { state, offeredHostKey },
}: {
  readonly repository: Pick<VcsRepository, 'state' | 'offeredHostKey'>;
}) => (
  <Badge variant="dot" color={colors[state]}>
    {state === 'failed' && offeredHostKey !== undefined ? words.otherKey : words.states[state]}
  </Badge>
);
