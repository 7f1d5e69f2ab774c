import { Tooltip } from '@mantine/core';
import type { ReactElement } from 'react';

interface HintProps {
  readonly label: string;
  readonly isOpen: boolean;
  readonly children: ReactElement;
}

/** What is said beside something while the pointer is on it. */
export const Hint = ({ label, isOpen, children }: HintProps) => (
  <Tooltip label={label} opened={isOpen}>
    {children}
  </Tooltip>
);
