import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import type { Which } from './queries.ts';

const words = synchronizationsWords.undo;

interface UndoDialogProps extends Which {
  readonly run: Schemas['Run'];
  onClose(): void;
}

/** Asks before the code host is read again for what the run removed. */
export function UndoDialog({ run: { number, counts }, onClose, ...which }: UndoDialogProps) {
  const navigate = useNavigate({ from: '/o/$slug/synchronizations/$synchronization/runs/$run' });
  const change = useChange({
    send: () =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/synchronizations/{synchronization}/runs/{number}/undo', {
          params: { path: { ...which, number } },
        }),
      ),
    onDone: ({ asked }) => {
      onClose();
      void navigate({ search: { undo: asked } });
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={words.title(String(number))}
      action={words.confirm}
      isPending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate(undefined)}
      onClose={onClose}
    >
      <Text size="sm">{words.text(counts.remove)}</Text>
    </ConfirmDialog>
  );
}
