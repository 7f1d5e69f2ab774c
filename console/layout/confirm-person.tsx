import { Modal, Stack, Text } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { isPersonAsked, onPersonAsked, stopAskingPerson } from '../api/confirm-person.ts';
import { ConfirmPersonButtons } from '../components/confirm-person-buttons.tsx';
import { commonWords as words } from '../words/common.ts';

/** Opens when the API wants a recent sign-in for a change, and leads to the code host and back to the same page. */
export function ConfirmPerson() {
  const isAsked = useSyncExternalStore(onPersonAsked, isPersonAsked);
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
        <ConfirmPersonButtons />
      </Stack>
    </Modal>
  );
}
