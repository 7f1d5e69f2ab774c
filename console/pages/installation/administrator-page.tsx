import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useMe } from '../../api/queries.ts';
import { Page } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { installationWords as words } from '../../words/installation.ts';

interface AdministratorPageProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** A link to the list that it is in; that it is of the installation if left out. */
  readonly above?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page of the whole installation, which its administrators alone see. */
export function AdministratorPage({ children, actions, above, ...page }: AdministratorPageProps) {
  const { isAdministrator } = useMe();
  return (
    <Page
      {...page}
      of={words.title}
      above={
        above ?? (
          <Text size="sm" c="dimmed">
            {words.title}
          </Text>
        )
      }
      actions={isAdministrator ? actions : undefined}
    >
      {isAdministrator ? children : <Empty icon="lock" {...words.forAdministrators} />}
    </Page>
  );
}
