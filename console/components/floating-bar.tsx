import type { ReactNode } from 'react';
import classes from './floating-bar.module.css';

interface FloatingBarProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** What can be done with the rows that are selected: floats above the list, and moves none when it comes. */
export const FloatingBar = ({ label, children }: FloatingBarProps) => (
  <div className={classes.place}>
    <section className={classes.bar} aria-label={label}>
      {children}
    </section>
  </div>
);
