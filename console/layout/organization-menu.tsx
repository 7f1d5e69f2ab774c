import { Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { useMe } from '../api/queries.ts';
import { Icon } from '../components/icon.tsx';
import { MenuLink } from '../components/menu-link.tsx';
import { commonWords as words } from '../words/common.ts';
import classes from './organization-switcher.module.css';
import { useSlug } from './use-slug.ts';

export function OrganizationMenu({ target }: { readonly target: ReactElement }) {
  const { organizations } = useMe();
  const slug = useSlug();
  return (
    <Menu position="bottom-start" width={260} defaultOpened>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        {organizations.map(({ slug: one, name, role }) => (
          <MenuLink
            key={one}
            to="/o/$slug"
            params={{ slug: one }}
            rightSection={
              one === slug ? (
                <Icon name="check" size={16} />
              ) : (
                <span className={classes.role}>{words.roles[role]}</span>
              )
            }
          >
            {name}
          </MenuLink>
        ))}
        {organizations.length > 0 && <Menu.Divider />}
        <MenuLink to="/organizations">{words.allOrganizations}</MenuLink>
        <MenuLink to="/organizations/new" leftSection={<Icon name="add" size={16} />}>
          {words.connectOrganization}
        </MenuLink>
      </Menu.Dropdown>
    </Menu>
  );
}
