import { Button } from '@mantine/core';
import { lazy } from 'react';
import { useMe } from '../api/queries.ts';
import { Icon } from '../components/icon.tsx';
import { commonWords as words } from '../words/common.ts';
import { MenuOnDemand } from './menu-on-demand.tsx';
import classes from './organization-switcher.module.css';
import { useSlug } from './use-slug.ts';

const load = async () => ({ default: (await import('./organization-menu.tsx')).OrganizationMenu });
const OrganizationMenu = lazy(load);

export function OrganizationSwitcher() {
  const { organizations } = useMe();
  const slug = useSlug();
  const current = organizations.find((one) => one.slug === slug);
  return (
    <MenuOnDemand
      menu={OrganizationMenu}
      load={load}
      target={(props) => (
        <Button
          {...props}
          className={classes.target}
          variant="subtle"
          color="gray"
          rightSection={<Icon name="down" size={14} />}
        >
          <span className={classes.name}>{current?.name ?? slug ?? words.chooseOrganization}</span>
        </Button>
      )}
    />
  );
}
