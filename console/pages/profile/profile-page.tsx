import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Invitations } from '../../components/invitations.tsx';
import { Page } from '../../components/page.tsx';
import { profileWords as words } from '../../words/profile.ts';
import classes from './profile-page.module.css';

const tabs = [
  { to: '/profile', key: 'accounts' },
  { to: '/profile/tokens', key: 'my-tokens' },
  { to: '/profile/sessions', key: 'sessions' },
] as const;

interface ProfilePageProps {
  readonly tab: (typeof tabs)[number]['key'];
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** What all pages of a person's own have. */
export const ProfilePage = ({ tab, actions, children }: ProfilePageProps) => (
  <Page title={words.titles[tab]} of={words.title} description={words.descriptions[tab]} actions={actions}>
    <nav aria-label={words.title} className={classes.tabs}>
      {tabs.map(({ to, key }) => (
        <Link
          key={key}
          to={to}
          activeOptions={{ exact: true }}
          className={classes.tab}
          {...(key === tab && { 'aria-current': 'page' })}
        >
          {words.titles[key]}
        </Link>
      ))}
    </nav>
    <Invitations />
    {children}
  </Page>
);
