import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.ts';
import { peopleWords } from '../../words/people.ts';
import { peopleKey } from './queries.ts';

interface RemovePersonProps {
  readonly slug: string;
  /** Of the user, or of the invitation. */
  readonly id: string;
  readonly name: string;
  readonly isInvited: boolean;
}

/** Removes somebody whom no code host knows, or withdraws an invitation, once that is confirmed. */
export function RemovePerson({ slug, id, name, isInvited }: RemovePersonProps) {
  const [isOpen, setIsOpen] = useState(false);
  const words = isInvited ? peopleWords.withdraw : peopleWords.remove;
  const close = () => setIsOpen(false);
  const change = useChange({
    send: (person: string) =>
      api.DELETE('/api/v1/organizations/{slug}/people/{id}', { params: { path: { slug, id: person } } }),
    refreshes: [peopleKey(slug)],
    onDone: () => {
      close();
      notifyDone(words.done(name));
    },
  });
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`${words.action} ${name}`}
        onClick={() => {
          change.reset();
          setIsOpen(true);
        }}
      >
        {words.action}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={words.title(name)}
        action={words.action}
        isPending={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate(id)}
        onClose={close}
      >
        {words.text}
      </ConfirmDialog>
    </>
  );
}
