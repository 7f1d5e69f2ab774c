import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.ts';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import { keyOf, type Which } from './queries.ts';

const words = synchronizationsWords.held;

interface DecideDialogProps extends Which {
  readonly held: Schemas['HeldRemovals'];
  readonly decision: 'yes' | 'no';
  onClose(): void;
}

/** Asks before held removals are allowed or refused: exactly those that were shown. */
export function DecideDialog({ held, decision, onClose, ...which }: DecideDialogProps) {
  const { scope, count, digest } = held;
  const isYes = decision === 'yes';
  const change = useChange({
    send: (why: string) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/synchronizations/{synchronization}/held-removals/decide', {
          params: { path: which },
          body: { scope, decision, shown: digest, ...(why !== '' && { why }) },
        }),
      ),
    refreshes: [keyOf(which), queryKeys.of(which.slug, 'overview')],
    onDone: () => {
      onClose();
      notifyDone(isYes ? words.doneApprove(count) : words.doneRefuse);
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={isYes ? words.approveTitle(count) : words.refuseTitle(count)}
      action={isYes ? words.approve(count) : words.refuse}
      asksWhy
      isPending={change.isPending}
      error={change.error}
      onConfirm={({ why }) => change.mutate(why)}
      onClose={onClose}
    >
      {isYes ? words.approveText(synchronizationsWords.listOf(scope)) : words.refuseText}
    </ConfirmDialog>
  );
}
