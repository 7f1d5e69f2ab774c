import { Menu, type MenuItemProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { NativeLinkProps } from './link.tsx';

/** An entry of a menu that leads to another page. */
export const MenuLink = createLink((props: NativeLinkProps<MenuItemProps>) => (
  <Menu.Item component="a" {...props} />
));
