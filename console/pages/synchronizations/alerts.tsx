import { Alert, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schemas } from '../../api/client.ts';
import { CodeText } from '../../components/code-text.tsx';
import { Icon } from '../../components/icon.tsx';
import { ButtonLink } from '../../components/link.tsx';
import { synchronizationsWords } from '../../words/synchronizations.ts';

const words = synchronizationsWords.alerts;

interface AlertsProps {
  readonly slug: string;
  readonly synchronization: Schemas['OverviewSynchronization'];
}

/** What needs an owner, each with the page where it is mended. */
export function Alerts({ slug, synchronization }: AlertsProps) {
  const { id, state, connection, heldRemovals, hooks } = synchronization;
  const params = { slug, synchronization: id };
  const held = heldRemovals.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      {state === 'suspended' && <Notice color="red" title={words.suspended} text={words.suspendedText} />}
      {connection.advice !== undefined && (
        <Notice
          color={connection.state === 'working' ? 'yellow' : 'red'}
          title={words.credential}
          text={connection.advice}
          action={
            <ButtonLink to="/o/$slug/settings/credentials" params={{ slug }} variant="default" size="xs">
              {words.credentialAction}
            </ButtonLink>
          }
        />
      )}
      {held > 0 && (
        <Notice
          color="yellow"
          title={words.held(held)}
          text={words.heldText}
          action={
            <ButtonLink
              to="/o/$slug/synchronizations/$synchronization/held-removals"
              params={params}
              variant="default"
              size="xs"
            >
              {words.heldAction}
            </ButtonLink>
          }
        />
      )}
      {hooks?.problem !== undefined && (
        <Notice
          color="yellow"
          title={words.webhooks}
          text={hooks.problem.message}
          action={
            <ButtonLink
              to="/o/$slug/synchronizations/$synchronization/webhooks"
              params={params}
              variant="default"
              size="xs"
            >
              {words.webhooksAction}
            </ButtonLink>
          }
        />
      )}
    </>
  );
}

interface NoticeProps {
  readonly color: 'red' | 'yellow';
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
}

export const Notice = ({ color, title, text, action }: NoticeProps) => (
  <Alert
    color={color}
    variant="light"
    icon={<Icon name="warning" />}
    title={title}
    // In yellow it would not have enough contrast.
    styles={{ title: { color: 'var(--mantine-color-text)' } }}
  >
    <Group justify="space-between" gap="sm">
      <Text size="sm" component="div" flex="1 1 16rem">
        <CodeText text={text} />
      </Text>
      {action}
    </Group>
  </Alert>
);
