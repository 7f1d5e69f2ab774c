import { Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useMe } from '../api/queries.ts';
import { commonWords as words } from '../words/common.ts';
import { ConfirmPersonButtons } from './confirm-person-buttons.tsx';

/** As long as the API takes a sign-in for fresh, less the time to fill in a form; in milliseconds. */
const freshMs = 13 * 60_000;

/**
 * A form whose change needs a recent sign-in, which is asked for before anything is filled in.
 */
export function FreshSession({ children }: { readonly children: ReactNode }) {
  const { authenticatedAt } = useMe();
  // Once it is shown it stays: while somebody types nothing may vanish.
  const [wasFresh, setWasFresh] = useState(false);
  if (!wasFresh && Date.now() < Date.parse(authenticatedAt) + freshMs) {
    setWasFresh(true);
  }
  return wasFresh ? (
    children
  ) : (
    <Stack maw="28rem" gap="sm">
      <Title order={2} size="h4">
        {words.confirmPerson.title}
      </Title>
      <Text size="sm" c="dimmed">
        {words.confirmPerson.before}
      </Text>
      <ConfirmPersonButtons />
    </Stack>
  );
}
