import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { commonWords as words } from '../words/common.ts';
import { ProblemAlert } from './states.tsx';

/** What the person entered. */
export interface Confirmed {
  readonly confirm: string;
  readonly why: string;
}

interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly title: string;
  /** What happens, and whether it can be undone. */
  readonly children: ReactNode;
  /** On the button: a verb, not “OK”. */
  readonly action: string;
  /** What has to be typed first, for what cannot be undone: such as the name of what is deleted. */
  readonly typed?: string;
  /** Whether the history wants to know why. */
  readonly asksWhy?: boolean;
  /** Whether it is known yet what would happen; if left out, it is. */
  readonly isReady?: boolean;
  readonly isPending?: boolean;
  /** Why it did not work. What an earlier opening ended with is not shown again. */
  readonly error?: unknown;
  onConfirm(confirmed: Confirmed): void;
  onClose(): void;
}

/** Asks before a dangerous change. That the person has to sign in anew is asked by itself: api/confirm-person.ts */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <Form {...props} />
    </Modal>
  );
}

/** Begins anew each time the dialog opens. */
function Form({
  children,
  action,
  typed,
  asksWhy = false,
  isReady = true,
  isPending = false,
  error,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  const [confirm, setConfirm] = useState('');
  const [why, setWhy] = useState('');
  const [earlier] = useState(error);
  const canConfirm = isReady && (typed === undefined || confirm === typed) && (!asksWhy || why.trim() !== '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (canConfirm) {
          onConfirm({ confirm, why: why.trim() });
        }
      }}
    >
      <Stack>
        <Text component="div" size="sm">
          {children}
        </Text>
        {typed !== undefined && (
          <TextInput
            data-autofocus
            label={words.confirm.typeToConfirm(typed)}
            value={confirm}
            onChange={(event) => setConfirm(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        {asksWhy && (
          <TextInput
            label={words.confirm.why}
            // The button waits for it.
            withAsterisk
            aria-required
            description={words.confirm.whyHint}
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
            maxLength={500}
          />
        )}
        <ProblemAlert error={error === earlier ? undefined : error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button type="submit" color="red.9" disabled={!canConfirm} loading={isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
