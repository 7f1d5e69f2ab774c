import { Switch } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.ts';
import { settingsWords } from '../../words/settings.ts';
import type { OfSynchronization } from './of-synchronization.ts';

const words = settingsWords.synchronizations.viewers;

interface ViewersProps extends OfSynchronization {
  readonly install: boolean;
}

/** Whether people who may view code there, but not download it, install packages. */
export function Viewers({ slug, id, login, install }: ViewersProps) {
  const [isOpen, setIsOpen] = useState(false);
  const change = useChange({
    send: (next: boolean) =>
      dataOf(
        api.PUT('/api/v1/organizations/{slug}/synchronizations/{synchronization}/viewers', {
          params: { path: { slug, synchronization: id } },
          body: { install: next },
        }),
      ),
    refreshes: [queryKeys.organization(slug)],
    onDone: () => {
      setIsOpen(false);
      notifyDone(words.done);
    },
  });
  return (
    <>
      <Switch
        label={words.label}
        description={words.hint}
        checked={install}
        onChange={() => setIsOpen(true)}
      />
      <ConfirmDialog
        isOpen={isOpen}
        title={install ? words.off(login) : words.on(login)}
        action={install ? words.action.off : words.action.on}
        isPending={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate(!install)}
        onClose={() => setIsOpen(false)}
      >
        {words.text}
      </ConfirmDialog>
    </>
  );
}
