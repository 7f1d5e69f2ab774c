import { Button, Menu } from '@mantine/core';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { useMe } from '../../api/queries.ts';
import { Icon } from '../../components/icon.tsx';
import { MenuLink } from '../../components/menu-link.tsx';
import { Page } from '../../components/page.tsx';
import { NoRights } from '../../components/states.tsx';
import { settingsWords as words } from '../../words/settings.ts';
import classes from './settings-layout.module.css';
import { settingsPages } from './settings-pages.ts';

/** A page of the settings, beside the links to the others. Who is no owner sees only what is for everybody. */
export function SettingsLayout() {
  const { slug } = useParams({ from: '/o/$slug/settings' });
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const role = useMe().organizations.find((one) => one.slug === slug)?.role;
  // The last that it is, or is below.
  const current = settingsPages.findLast(({ to }) => `${path}/`.startsWith(`${to.replace('$slug', slug)}/`));
  const pages = settingsPages.filter(({ isForOwners }) => role === 'owner' || !isForOwners);
  // The API says what is not there for whoever does not belong here.
  if (role !== undefined && current !== undefined && !pages.includes(current)) {
    return (
      <Page title={current.label} of={slug}>
        <NoRights />
      </Page>
    );
  }
  return pages.length === 1 ? (
    <Outlet />
  ) : (
    <div className={classes.layout}>
      <nav className={classes.side} aria-label={words.title}>
        {pages.map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            params={{ slug }}
            className={classes.link}
            activeOptions={{ exact: to === '/o/$slug/settings', includeSearch: false }}
          >
            {label}
          </Link>
        ))}
      </nav>
      <PageMenu slug={slug} pages={pages} current={current} />
      <div className={classes.page}>
        <Outlet />
      </div>
    </div>
  );
}

type SettingsPage = (typeof settingsPages)[number];

interface PageMenuProps {
  readonly slug: string;
  readonly pages: readonly SettingsPage[];
  readonly current: SettingsPage | undefined;
}

/** The same links, for a phone. */
function PageMenu({ slug, pages, current }: PageMenuProps) {
  return (
    <nav className={classes.menu} aria-label={words.title}>
      <Menu position="bottom-start" width="target">
        <Menu.Target>
          <Button
            variant="default"
            fullWidth
            justify="space-between"
            rightSection={<Icon name="down" size={16} />}
            aria-label={words.pages(current?.label)}
          >
            {current?.label ?? words.title}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {pages.map(({ to, label }) => (
            <MenuLink
              key={to}
              to={to}
              params={{ slug }}
              rightSection={label === current?.label ? <Icon name="check" size={16} /> : undefined}
            >
              {label}
            </MenuLink>
          ))}
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
