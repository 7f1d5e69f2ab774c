import { Group, Stack, Text, Title } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { commonWords as words } from '../words/common.ts';
import { isFirstPage } from './first-page.ts';

interface PageProps {
  readonly title: string;
  /** What the title belongs to, for the browser's own lists: such as the organization. */
  readonly of?: string | undefined;
  readonly description?: ReactNode;
  /** Beside the title. */
  readonly actions?: ReactNode;
  /** Before the title, such as a link to the list that it is in. */
  readonly above?: ReactNode;
  readonly children: ReactNode;
}

/** What every page is: its title, which gets the focus after a navigation so that screen readers say where one is, and its content. */
export function Page({ title, of, description, actions, above, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = [title, of, words.product].filter((part) => part !== undefined).join(' · ');
  }, [title, of]);
  const path = useLocation({ select: ({ pathname }) => pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address is another page, also where the same component shows it
  useEffect(() => {
    if (!isFirstPage()) {
      heading.current?.focus({ preventScroll: true });
    }
  }, [path]);
  return (
    <Stack gap="lg">
      <div>
        {above && (
          <Text size="sm" component="div" mb={2}>
            {above}
          </Text>
        )}
        <Group justify="space-between" align="flex-start" gap="sm">
          {/* A long description is in several lines beside the actions, as long as there is room for it. */}
          <div style={{ flex: '1 1 14rem', minWidth: 0 }}>
            <Title
              order={1}
              ref={heading}
              tabIndex={-1}
              style={{ outline: 'none', overflowWrap: 'anywhere' }}
            >
              {title}
            </Title>
            {description !== undefined && (
              <Text c="dimmed" component="div">
                {description}
              </Text>
            )}
          </div>
          {actions}
        </Group>
      </div>
      {children}
    </Stack>
  );
}
