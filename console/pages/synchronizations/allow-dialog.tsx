import { Text } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import { groupsOf } from './difference-groups.ts';
import type { Which } from './queries.ts';
import { useDecide } from './use-decide.ts';

const words = synchronizationsWords.held;
/** So many are named; the page behind has them all. */
const namedMax = 8;

interface AllowDialogProps extends Which {
  readonly held: Schemas['HeldRemovals'];
  onClose(): void;
}

/** Asks before held removals are allowed. */
export function AllowDialog({ held, onClose, ...which }: AllowDialogProps) {
  const change = useDecide(which, held);
  const names = groupsOf(held.differences).map(({ name }) => name);
  const more = names.length - namedMax;
  return (
    <ConfirmDialog
      isOpen
      title={words.approveTitle(held.count)}
      action={words.approve(held.count)}
      asksWhy
      isPending={change.isPending}
      error={change.error}
      onConfirm={({ why }) => change.mutate({ decision: 'yes', why })}
      onClose={onClose}
    >
      {words.approveText(synchronizationsWords.listOf(held.scope))}
      <Text size="sm" mt="xs">
        {words.people} <strong>{names.slice(0, namedMax).join(', ')}</strong>
        {more > 0 && ` ${words.more(more)}`}.
      </Text>
    </ConfirmDialog>
  );
}
