import { Button, Modal, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { meQuery, signInHostsQuery } from '../api/queries.ts';
import { hasSessionEnded } from '../api/session-end.ts';
import { SignInForm } from '../components/sign-in-form.tsx';
import { commonWords } from '../words/common.ts';
import { signInWords } from '../words/sign-in.ts';

const words = commonWords.sessionEnded;

/** Over the page, when its session has ended: the sign-in is in another tab, so that nothing typed here is lost. */
export const SessionEndedDialog = () => (
  <Modal
    opened
    onClose={() => {}}
    title={words.title}
    withCloseButton={false}
    closeOnEscape={false}
    closeOnClickOutside={false}
    zIndex={350}
  >
    <SignInAgain />
  </Modal>
);

function SignInAgain() {
  const { data } = useQuery(signInHostsQuery);
  const again = useSignedInAgain();
  const [isAsked, setIsAsked] = useState(false);
  return (
    <Stack>
      <Text size="sm">{words.text}</Text>
      {data?.items.map(({ key, name, start }) => (
        <SignInForm key={key} start={start} label={signInWords.with(name)} variant="default" isInNewTab />
      ))}
      <Button
        variant="subtle"
        onClick={async () => {
          await again();
          setIsAsked(true);
        }}
      >
        {words.again}
      </Button>
      <Text size="sm" c="dimmed" role="status">
        {isAsked && words.notYet}
      </Text>
    </Stack>
  );
}

/** Asks who is signed in, now and whenever the tab is seen again; everything else is then asked for again. */
function useSignedInAgain(): () => Promise<void> {
  const client = useQueryClient();
  const again = async (): Promise<void> => {
    await client.fetchQuery({ ...meQuery, staleTime: 0 });
    if (!hasSessionEnded()) {
      await client.invalidateQueries();
    }
  };
  useEffect(() => {
    const onSeen = (): void => {
      if (document.visibilityState === 'visible') {
        void again();
      }
    };
    document.addEventListener('visibilitychange', onSeen);
    return () => document.removeEventListener('visibilitychange', onSeen);
  });
  return again;
}
