import { Button } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { queryKeys } from '../../../api/query-keys.ts';
import { useChange } from '../../../api/use-change.ts';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { notifyDone } from '../../../components/notify.ts';
import { apiKeysWords } from '../../../words/api-keys.ts';

const words = apiKeysWords.revoke;

interface RevokeKeyProps {
  readonly slug: string;
  readonly apiKey: Schemas['ApiKey'];
}

export function RevokeKey({ slug, apiKey: { id, description } }: RevokeKeyProps) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  const revoke = useChange({
    send: () =>
      dataOf(api.DELETE('/api/v1/organizations/{slug}/api-keys/{id}', { params: { path: { slug, id } } })),
    refreshes: [queryKeys.of(slug, 'api-keys')],
    onDone: () => {
      close();
      notifyDone(words.done(description));
    },
  });
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={words.of(description)}
        onClick={() => setIsOpen(true)}
      >
        {words.action}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={words.title(description)}
        action={words.action}
        isPending={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate(undefined)}
        onClose={close}
      >
        {words.text}
      </ConfirmDialog>
    </>
  );
}
