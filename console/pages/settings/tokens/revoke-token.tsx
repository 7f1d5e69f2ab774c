import { Button } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { useChange } from '../../../api/use-change.ts';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { notifyDone } from '../../../components/notify.ts';
import { tokensWords } from '../../../words/tokens.ts';
import { tokensKey } from './queries.ts';

const words = tokensWords.revoke;

interface RevokeTokenProps {
  readonly slug: string;
  readonly token: Schemas['Token'];
}

export function RevokeToken({ slug, token: { id, isShared } }: RevokeTokenProps) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  const revoke = useChange({
    send: () =>
      dataOf(api.DELETE('/api/v1/organizations/{slug}/tokens/{id}', { params: { path: { slug, id } } })),
    refreshes: [tokensKey(slug)],
    onDone: () => {
      close();
      notifyDone(words.done);
    },
  });
  return (
    <>
      <Button variant="light" color="red" onClick={() => setIsOpen(true)}>
        {words.action}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={words.title}
        action={words.action}
        isPending={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate(undefined)}
        onClose={close}
      >
        {isShared ? words.textShared : words.text}
      </ConfirmDialog>
    </>
  );
}
