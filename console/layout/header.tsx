import { ActionIcon, Group, Kbd, Text, UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Icon } from '../components/icon.tsx';
import { commonWords as words } from '../words/common.ts';
import classes from './header.module.css';
import { Logo } from './logo.tsx';
import { OrganizationSwitcher } from './organization-switcher.tsx';
import { openPalette } from './palette-state.ts';
import { UserMenu } from './user-menu.tsx';

interface HeaderProps {
  /** Undefined where there is no navigation. */
  readonly openNavigation: (() => void) | undefined;
}

export function Header({ openNavigation }: HeaderProps) {
  return (
    <header className={classes.header}>
      <Group gap="xs" wrap="nowrap" className={classes.start}>
        {openNavigation && (
          <ActionIcon
            className={classes.burger}
            variant="subtle"
            color="gray"
            size="lg"
            onClick={openNavigation}
            aria-label={words.openNavigation}
          >
            <Icon name="menu" />
          </ActionIcon>
        )}
        <Link to="/" className={classes.brand} aria-label={words.product}>
          <Logo />
        </Link>
        <OrganizationSwitcher />
      </Group>
      <UnstyledButton className={classes.search} onClick={openPalette}>
        <Icon name="search" size={16} />
        <Text size="sm" className={classes.searchText}>
          {words.openPalette}
        </Text>
        <Kbd size="xs" className={classes.keys} aria-hidden="true">
          Ctrl K
        </Kbd>
      </UnstyledButton>
      <UserMenu />
    </header>
  );
}
