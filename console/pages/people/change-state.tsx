import { Button } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.ts';
import { peopleWords } from '../../words/people.ts';

type State = Schemas['Person']['state'];
const words = peopleWords.change;

const actionFor = { active: 'switchOff', waiting: 'activate', off: 'switchOn' } as const;

interface ChangeStateProps {
  readonly slug: string;
  readonly id: string;
  readonly name: string;
  readonly state: Exclude<State, 'invited'>;
  /** Of the person as it was read. */
  readonly etag?: string;
  /** In a list. */
  readonly isSmall?: boolean;
}

/** Switches a person off or on, or activates one who waits, once that is confirmed. */
export function ChangeState({ slug, id, name, state, etag, isSmall = false }: ChangeStateProps) {
  const [isOpen, setIsOpen] = useState(false);
  const action = actionFor[state];
  const close = () => setIsOpen(false);
  const change = useChange({
    send: (next: 'active' | 'off') =>
      dataOf(
        api.PATCH('/api/v1/organizations/{slug}/people/{id}', {
          params: { path: { slug, id }, ...(etag === undefined ? {} : { header: { 'if-match': etag } }) },
          body: { state: next },
        }),
      ),
    refreshes: [queryKeys.organization(slug)],
    onDone: () => {
      close();
      notifyDone(words.done[action](name));
    },
  });
  return (
    <>
      <Button
        variant="default"
        size={isSmall ? 'compact-sm' : 'sm'}
        onClick={() => {
          change.reset();
          setIsOpen(true);
        }}
        {...(isSmall ? { 'aria-label': `${words[action]} ${name}` } : {})}
      >
        {words[action]}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={words.titles[action](name)}
        action={words[action]}
        isPending={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate(state === 'active' ? 'off' : 'active')}
        onClose={close}
      >
        {words.texts[action]}
      </ConfirmDialog>
    </>
  );
}
