import { UnstyledButton } from '@mantine/core';
import { lazy } from 'react';
import { useMe } from '../api/queries.ts';
import { PersonAvatar } from '../components/person.tsx';
import { commonWords as words } from '../words/common.ts';
import { MenuOnDemand } from './menu-on-demand.tsx';

const load = async () => ({ default: (await import('./user-menu-dropdown.tsx')).UserMenuDropdown });
const UserMenuDropdown = lazy(load);

export function UserMenu() {
  const me = useMe();
  const name = me.name ?? me.login;
  return (
    <MenuOnDemand
      menu={UserMenuDropdown}
      load={load}
      target={(props) => (
        <UnstyledButton {...props} aria-label={words.userMenu(name)} style={{ borderRadius: '50%' }}>
          <PersonAvatar name={name} size={32} />
        </UnstyledButton>
      )}
    />
  );
}
