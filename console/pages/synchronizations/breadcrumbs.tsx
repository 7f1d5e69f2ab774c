import { Group, Text } from '@mantine/core';
import { AnchorLink } from '../../components/link.tsx';
import { synchronizationsWords as words } from '../../words/synchronizations.ts';
import type { Which } from './queries.ts';

interface BreadcrumbsProps extends Which {
  /** Undefined until it is known. */
  readonly login: string | undefined;
}

/** Above what belongs to one synchronization. */
export const Breadcrumbs = ({ slug, synchronization, login }: BreadcrumbsProps) => (
  <Group gap={6}>
    <AnchorLink to="/o/$slug/synchronizations" params={{ slug }} size="sm">
      {words.title}
    </AnchorLink>
    <Text span size="sm" c="dimmed" aria-hidden="true">
      /
    </Text>
    <AnchorLink to="/o/$slug/synchronizations/$synchronization" params={{ slug, synchronization }} size="sm">
      {login ?? words.titles.synchronization}
    </AnchorLink>
  </Group>
);
