import { Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './section.module.css';

interface SectionProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** Beside the title. */
  readonly action?: ReactNode;
  /** Something that cannot be undone, or that everybody should see. */
  readonly isDanger?: boolean;
  readonly children: ReactNode;
}

/** A part of a page of the settings, in a frame. */
export const Section = ({ title, description, action, isDanger = false, children }: SectionProps) => (
  <section aria-label={title} className={classes.section} data-danger={isDanger || undefined}>
    <Group justify="space-between" align="flex-start" gap="sm" wrap="nowrap">
      <div>
        <Title order={2} size="h4">
          {title}
        </Title>
        {description !== undefined && (
          <Text size="sm" c="dimmed" component="div">
            {description}
          </Text>
        )}
      </div>
      {action}
    </Group>
    {children}
  </section>
);
