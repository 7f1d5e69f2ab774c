import { Button } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.ts';
import { settingsWords } from '../../words/settings.ts';
import type { OfSynchronization } from './of-synchronization.ts';

const words = settingsWords.synchronizations.makePrimary;

/** Lets the owners of this one be the owners of the organization. */
export function MakePrimary({ slug, id, login }: OfSynchronization) {
  const [isOpen, setIsOpen] = useState(false);
  const change = useChange({
    send: () =>
      dataOf(
        api.PUT('/api/v1/organizations/{slug}/synchronizations/{synchronization}/primary', {
          params: { path: { slug, synchronization: id } },
        }),
      ),
    refreshes: [queryKeys.organization(slug), queryKeys.me],
    onDone: () => {
      setIsOpen(false);
      notifyDone(words.done(login));
    },
  });
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          change.reset();
          setIsOpen(true);
        }}
      >
        {words.button}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={words.dialog(login)}
        action={words.button}
        isPending={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate(undefined)}
        onClose={() => setIsOpen(false)}
      >
        {words.text(login)}
      </ConfirmDialog>
    </>
  );
}
