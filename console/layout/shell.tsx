import { Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { commonWords as words } from '../words/common.ts';
import { ConfirmPerson } from './confirm-person.tsx';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';
import { Palette } from './palette.tsx';
import classes from './shell.module.css';
import { StoppedBanner } from './stopped-banner.tsx';
import { useSlug } from './use-slug.ts';

/** What is around every page: the header, and the navigation of an organization. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const slug = useSlug();
  const [isOpen, { open, close }] = useDisclosure(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the drawer
  useEffect(close, [path]);
  return (
    <>
      <a className={classes.skip} href="#content">
        {words.skipToContent}
      </a>
      <Header openNavigation={slug === undefined ? undefined : open} />
      {slug !== undefined && <StoppedBanner slug={slug} />}
      <div className={classes.body}>
        {slug !== undefined && (
          <aside className={classes.side}>
            <Navigation slug={slug} />
          </aside>
        )}
        <main id="content" className={classes.main}>
          {children}
        </main>
      </div>
      {slug !== undefined && (
        <Drawer
          opened={isOpen}
          onClose={close}
          size="xs"
          title={words.navigation}
          closeButtonProps={{ 'aria-label': words.closeNavigation }}
        >
          <Navigation slug={slug} />
        </Drawer>
      )}
      <ConfirmPerson />
      <Palette />
    </>
  );
}
