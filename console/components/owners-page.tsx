import type { ReactNode } from 'react';
import { useMay } from '../api/use-may.ts';
import { Page } from './page.tsx';
import { NoRights } from './states.tsx';

interface OwnersPageProps {
  readonly slug: string;
  readonly title: string;
  readonly children: ReactNode;
}

/** A page that the API gives to owners alone: others are told so, and see nothing that they cannot use. */
export const OwnersPage = ({ slug, title, children }: OwnersPageProps) =>
  useMay(slug).isOwner ? (
    children
  ) : (
    <Page title={title} of={slug}>
      <NoRights />
    </Page>
  );
