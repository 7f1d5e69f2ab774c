import { useDisclosure } from '@mantine/hooks';
import { useRouterState } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useMe } from '../api/queries.ts';
import { commonWords as words } from '../words/common.ts';
import { ConfirmPerson } from './confirm-person.tsx';
import { Header } from './header.tsx';
import { InstallationNavigation, Navigation } from './navigation.tsx';
import { Offline } from './offline.tsx';
import { Palette } from './palette.tsx';
import { SessionEnded } from './session-ended.tsx';
import classes from './shell.module.css';
import { StoppedBanner } from './stopped-banner.tsx';
import { useSlug } from './use-slug.ts';

const NavigationDrawer = lazy(async () => ({
  default: (await import('./navigation-drawer.tsx')).NavigationDrawer,
}));

/** What is around every page: the header, and the navigation of an organization or of the installation. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const slug = useSlug();
  const navigation = useNavigation(slug);
  const [wasOpened, setWasOpened] = useState(false);
  const [isOpen, { open, close }] = useDisclosure(false, { onOpen: () => setWasOpened(true) });
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the drawer
  useEffect(close, [path]);
  return (
    <>
      <a className={classes.skip} href="#content">
        {words.skipToContent}
      </a>
      <Offline />
      <Header openNavigation={navigation === undefined ? undefined : open} />
      {slug !== undefined && <StoppedBanner slug={slug} />}
      <div className={classes.body}>
        {navigation !== undefined && <aside className={classes.side}>{navigation}</aside>}
        <main id="content" tabIndex={-1} className={classes.main}>
          {children}
        </main>
      </div>
      {navigation !== undefined && wasOpened && (
        <Suspense>
          <NavigationDrawer isOpen={isOpen} onClose={close}>
            {navigation}
          </NavigationDrawer>
        </Suspense>
      )}
      <ConfirmPerson />
      <SessionEnded />
      <Palette />
    </>
  );
}

/** Of the organization that the address names, for whoever belongs to it; of the installation, for its administrators; else none. */
function useNavigation(slug: string | undefined): ReactNode {
  const { organizations, isAdministrator } = useMe();
  const isOfInstallation = useRouterState({
    select: ({ location }) => /^\/installation(?:\/|$)/.test(location.pathname),
  });
  if (slug !== undefined && organizations.some((one) => one.slug === slug)) {
    return <Navigation slug={slug} />;
  }
  return isOfInstallation && isAdministrator ? <InstallationNavigation /> : undefined;
}
