import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './list-count.module.css';

interface ListCountProps {
  /** How much of a list is shown; undefined while it is loaded. */
  readonly shown: string | undefined;
  /** Before it, such as a link to another list. */
  readonly children?: ReactNode;
}

/** Ends the filters above a list. */
export const ListCount = ({ shown, children }: ListCountProps) => (
  <div className={classes.line}>
    {children}
    <Text size="sm" c="dimmed" role="status" className={classes.count ?? ''}>
      {shown}
    </Text>
  </div>
);
