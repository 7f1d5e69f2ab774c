import { Modal, Stack, Text } from '@mantine/core';
import { stopAskingPerson } from '../api/confirm-person.ts';
import { ConfirmPersonButtons } from '../components/confirm-person-buttons.tsx';
import { notifyDone } from '../components/notify.ts';
import { commonWords as words } from '../words/common.ts';

function onConfirmed(): void {
  stopAskingPerson();
  notifyDone(words.confirmPerson.confirmed);
}

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
      <ConfirmPersonButtons onConfirmed={onConfirmed} />
    </Stack>
  </Modal>
);
