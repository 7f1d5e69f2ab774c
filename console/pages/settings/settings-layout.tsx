import { Button, Menu } from '@mantine/core';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { useMe } from '../../api/queries.ts';
import { Icon } from '../../components/icon.tsx';
import { MenuLink } from '../../components/link.tsx';
import { settingsWords as words } from '../../words/settings.ts';
import classes from './settings-layout.module.css';
import { settingsPages } from './settings-pages.ts';

/** A page of the settings, beside the links to the others. */
export function SettingsLayout() {
  const { slug } = useParams({ from: '/o/$slug/settings' });
  const isOwner = useMe().organizations.find((one) => one.slug === slug)?.role === 'owner';
  const pages = settingsPages.filter(({ isForOwners }) => isOwner || !isForOwners);
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
            activeOptions={{ exact: true, includeSearch: false }}
          >
            {label}
          </Link>
        ))}
      </nav>
      <PageMenu slug={slug} pages={pages} />
      <div className={classes.page}>
        <Outlet />
      </div>
    </div>
  );
}

interface PageMenuProps {
  readonly slug: string;
  readonly pages: readonly (typeof settingsPages)[number][];
}

/** The same links, for a phone. */
function PageMenu({ slug, pages }: PageMenuProps) {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const current = pages.find(({ to }) => to.replace('$slug', slug) === path.replace(/\/$/, ''));
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
