import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { commonWords as words } from '../words/common.ts';

interface NavigationDrawerProps {
  readonly isOpen: boolean;
  onClose(): void;
  readonly children: ReactNode;
}

/** The navigation on a phone. A file of its own, which is loaded when it is opened. */
export const NavigationDrawer = ({ isOpen, onClose, children }: NavigationDrawerProps) => (
  <Drawer
    opened={isOpen}
    onClose={onClose}
    size="xs"
    title={words.navigation}
    closeButtonProps={{ 'aria-label': words.closeNavigation }}
  >
    {children}
  </Drawer>
);
