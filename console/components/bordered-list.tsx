import type { ReactNode } from 'react';
import classes from './bordered-list.module.css';

interface BorderedListProps {
  /** What it lists, for screen readers, where no heading before it says so. */
  readonly label?: string;
  /** `li` elements. */
  readonly children: ReactNode;
}

/** A short list in a frame, with lines between its entries. */
export const BorderedList = ({ label, children }: BorderedListProps) => (
  <ul className={classes.list} {...(label !== undefined && { 'aria-label': label })}>
    {children}
  </ul>
);
