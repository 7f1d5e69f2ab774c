import { Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { isPersonAsked, onPersonAsked, stopAskingPerson } from '../api/confirm-person.ts';
import { integrationsQuery, useMe } from '../api/queries.ts';
import { CodeHostButton } from '../components/code-host-button.tsx';
import { commonWords as words } from '../words/common.ts';

/** Opens when the API wants a recent sign-in for a change, and leads to the code host and back to the same page. */
export function ConfirmPerson() {
  const isAsked = useSyncExternalStore(onPersonAsked, isPersonAsked);
  const me = useMe();
  const { data } = useQuery({ ...integrationsQuery, enabled: isAsked });
  const own = data?.items.filter(
    ({ baseUrl, isSignInOffered }) => isSignInOffered && me.accounts.some((one) => one.baseUrl === baseUrl),
  );
  return (
    <Modal
      opened={isAsked}
      onClose={stopAskingPerson}
      title={words.confirmPerson.title}
      closeButtonProps={{ 'aria-label': words.close }}
      zIndex={300}
    >
      <Stack>
        <Text size="sm">{words.confirmPerson.text}</Text>
        {own?.map(({ key, name }) => (
          <CodeHostButton
            key={key}
            integration={key}
            purpose="authenticate-again"
            label={words.confirmPerson.with(name)}
            fullWidth
          />
        ))}
      </Stack>
    </Modal>
  );
}
