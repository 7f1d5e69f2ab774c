import { Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMay } from '../api/use-may.ts';
import { Icon } from '../components/icon.tsx';
import { commonWords as words } from '../words/common.ts';
import classes from './navigation.module.css';
import { installationPages, pagesOf } from './pages-of.ts';

export function Navigation({ slug }: { readonly slug: string }) {
  const may = useMay(slug);
  return (
    <Stack component="nav" gap={2} aria-label={words.navigation}>
      {pagesOf(may).map(({ to, label, icon }) => (
        <Link
          key={to}
          to={to}
          params={{ slug }}
          className={classes.link}
          activeOptions={{ exact: to === '/o/$slug', includeSearch: false }}
        >
          <Icon name={icon} />
          {label}
        </Link>
      ))}
    </Stack>
  );
}

/** Of the whole installation, for its administrators. */
export const InstallationNavigation = () => (
  <Stack component="nav" gap={2} aria-label={words.navigation}>
    {installationPages.map(({ to, label, icon }) => (
      <Link
        key={to}
        to={to}
        className={classes.link}
        activeOptions={{ exact: to === '/installation', includeSearch: false }}
      >
        <Icon name={icon} />
        {label}
      </Link>
    ))}
  </Stack>
);
