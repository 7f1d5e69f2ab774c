import type { ReactNode } from 'react';
import { useMe } from '../../api/queries.ts';
import { Page } from '../../components/page.tsx';
import { NoRights } from '../../components/states.tsx';
import { installationWords as words } from '../../words/installation.ts';

interface AdministratorPageProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly above?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page of the whole installation, which its administrators alone see. */
export function AdministratorPage({ children, actions, ...page }: AdministratorPageProps) {
  const { isAdministrator } = useMe();
  return (
    <Page {...page} of={words.title} actions={isAdministrator ? actions : undefined}>
      {isAdministrator ? children : <NoRights text={words.forAdministrators} />}
    </Page>
  );
}
