import { Menu, SegmentedControl, Text, useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api, dataOf } from '../api/client.ts';
import { forgetPerson } from '../api/forget-person.ts';
import { useMe } from '../api/queries.ts';
import { useChange } from '../api/use-change.ts';
import { Icon } from '../components/icon.tsx';
import { MenuLink } from '../components/menu-link.tsx';
import { ProblemAlert } from '../components/states.tsx';
import { commonWords as words } from '../words/common.ts';
import { navigationWords } from '../words/navigation.ts';

async function endSession(): Promise<void> {
  const { items } = await dataOf(api.GET('/api/v1/me/sessions'));
  const current = items.find(({ isCurrent }) => isCurrent);
  if (current !== undefined) {
    await api.DELETE('/api/v1/me/sessions/{id}', { params: { path: { id: current.id } } });
  }
}

const schemes = ['light', 'dark', 'auto'] as const;

export function UserMenuDropdown({ target }: { readonly target: ReactElement }) {
  const me = useMe();
  const name = me.name ?? me.login;
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const client = useQueryClient();
  const signOut = useChange({
    send: endSession,
    onDone: () => {
      forgetPerson(client);
      window.location.assign('/');
    },
  });
  return (
    <Menu width={260} keepMounted={false} defaultOpened>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)" truncate>
            {name}
          </Text>
          {me.login}
        </Menu.Label>
        <MenuLink to="/profile" leftSection={<Icon name="user" size={16} />}>
          {words.profile}
        </MenuLink>
        <MenuLink to="/profile/tokens" leftSection={<Icon name="key" size={16} />}>
          {words.myTokens}
        </MenuLink>
        <MenuLink to="/profile/sessions" leftSection={<Icon name="device" size={16} />}>
          {words.sessions}
        </MenuLink>
        {me.isAdministrator && (
          <MenuLink to="/installation" leftSection={<Icon name="settings" size={16} />}>
            {navigationWords.installation.title}
          </MenuLink>
        )}
        <Menu.Item component="a" href="/api/v1/docs" leftSection={<Icon name="link" size={16} />}>
          {words.api}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label id="colour-scheme">{words.colorScheme.label}</Menu.Label>
        <SegmentedControl
          aria-labelledby="colour-scheme"
          fullWidth
          size="xs"
          value={colorScheme}
          onChange={(value) => setColorScheme(schemes.find((scheme) => scheme === value) ?? 'auto')}
          data={schemes.map((value) => ({ value, label: words.colorScheme[value] }))}
        />
        <Menu.Divider />
        <Menu.Item
          leftSection={<Icon name="signOut" size={16} />}
          closeMenuOnClick={false}
          onClick={() => signOut.mutate(undefined)}
        >
          {words.signOut}
        </Menu.Item>
        <ProblemAlert error={signOut.error} />
      </Menu.Dropdown>
    </Menu>
  );
}
