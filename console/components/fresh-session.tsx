import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { meQuery } from '../api/queries.ts';
import { commonWords as words } from '../words/common.ts';
import { ConfirmPersonButtons } from './confirm-person-buttons.tsx';

/** To fill in a form; in milliseconds. */
const formMs = 120_000;

/**
 * A form whose change needs a recent sign-in, which is asked for before anything is filled in. The API says for how long it takes the sign-in for
 * recent: the browser's clock may be wrong, so it only measures how long ago that was said.
 */
export function FreshSession({ children }: { readonly children: ReactNode }) {
  const { data, dataUpdatedAt } = useQuery(meQuery);
  const leftMs = 1000 * (data?.freshForSeconds ?? 0) - (Date.now() - dataUpdatedAt);
  // Once it is shown it stays: while somebody types nothing may vanish.
  const [wasFresh, setWasFresh] = useState(false);
  if (!wasFresh && leftMs > formMs) {
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
