import { Modal, Stack, Text } from '@mantine/core';
import { stopAskingPerson } from '../api/confirm-person.ts';
import { ConfirmPersonButtons } from '../components/confirm-person-buttons.tsx';
import { commonWords as words } from '../words/common.ts';

export const ConfirmPersonDialog = () => (
  <Modal
    opened
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
