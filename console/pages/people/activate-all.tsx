import { Button } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.ts';
import { peopleWords } from '../../words/people.ts';

const words = peopleWords.activateAll;
/** So many the API takes at once. */
const idsMax = 50;

interface ActivateAllProps {
  readonly slug: string;
  /** All who wait, as far as they are listed. */
  readonly people: readonly Schemas['Person'][];
}

/** Activates those who wait, once that is confirmed. */
export function ActivateAll({ slug, people }: ActivateAllProps) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  // Somebody can stand there with several accounts.
  const ids = [...new Set(people.map(({ id }) => id))].slice(0, idsMax);
  const change = useChange({
    send: (body: Schemas['PeopleToActivate']) =>
      dataOf(api.POST('/api/v1/organizations/{slug}/people/activate', { params: { path: { slug } }, body })),
    refreshes: [queryKeys.organization(slug)],
    onDone: ({ items }) => {
      close();
      notifyDone(words.done(items.length));
    },
  });
  return (
    <>
      <Button
        onClick={() => {
          change.reset();
          setIsOpen(true);
        }}
      >
        {words.action(ids.length)}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={words.title(ids.length)}
        action={words.action(ids.length)}
        isPending={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate({ ids })}
        onClose={close}
      >
        {words.text(people.filter(({ id }) => ids.includes(id)).map(({ login }) => login))}
      </ConfirmDialog>
    </>
  );
}
