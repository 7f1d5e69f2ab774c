/** What a page shows instead of its content: nothing there, loading, failed, not allowed. */
import { Alert, Button, Center, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiProblem, isProblem } from '../api/problem.ts';
import { commonWords as words } from '../words/common.ts';
import { Icon, type IconName } from './icon.tsx';
import { problemText } from './problem-text.ts';

interface MessageProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
}

function Message({ icon, title, text, action }: MessageProps) {
  return (
    <Center py={64} px="md">
      <Stack align="center" gap="xs" maw={440} ta="center">
        <ThemeIcon variant="light" color="gray" size={48} radius="xl">
          <Icon name={icon} size={24} />
        </ThemeIcon>
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text c="dimmed">{text}</Text>
        {action}
      </Stack>
    </Center>
  );
}

/** A list without entries: says why, and what to do. */
export function Empty(props: Omit<MessageProps, 'icon'> & { readonly icon?: IconName }) {
  return <Message icon="empty" {...props} />;
}

/** For whoever may not see this, and whom the API refused. */
export function NoRights({ text = words.noRights.text }: { readonly text?: string }) {
  return <Message icon="lock" title={words.noRights.title} text={text} />;
}

interface FailureProps {
  readonly error: unknown;
  readonly retry?: (() => void) | undefined;
}

/** What was asked for could not be had: what happened, what to do, and a button that does it. */
export function Failure({ error, retry }: FailureProps) {
  if (isProblem(error, 'forbidden')) {
    return <NoRights text={error.message} />;
  }
  if (isProblem(error, 'not-found')) {
    return <Message icon="search" title={words.notFound.title} text={words.notFound.text} />;
  }
  const action = error instanceof ApiProblem ? retry : () => location.reload();
  return (
    <div role="alert">
      <Message
        icon="warning"
        title={error instanceof ApiProblem ? words.errors.title : words.errors.pageFailed}
        text={problemText(error)}
        action={
          action && (
            <Button variant="default" mt="xs" onClick={action}>
              {error instanceof ApiProblem ? words.retry : words.errors.reload}
            </Button>
          )
        }
      />
    </div>
  );
}

/** Beside a button or in a form: a change was refused or failed. */
export function ProblemAlert({ error }: { readonly error: unknown }) {
  if (!error || isProblem(error, 'reauthentication-required')) {
    return null;
  }
  const others = error instanceof ApiProblem ? error.errors.filter(({ pointer }) => !pointer) : [];
  return (
    <Alert role="alert" color="red" variant="light" icon={<Icon name="warning" />} title={problemText(error)}>
      {others.map(({ detail }) => (
        <Text key={detail} size="sm">
          {detail}
        </Text>
      ))}
    </Alert>
  );
}

/** As tall as the rows that come, so that nothing jumps. */
export function LoadingRows({ count = 8 }: { readonly count?: number }) {
  return (
    <Stack gap="xs" role="status" aria-label={words.loading}>
      {Array.from({ length: count }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Skeleton key={place} height={40} radius="sm" />
      ))}
    </Stack>
  );
}
