import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { useChange } from '../../../api/use-change.ts';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { type Expiry, expiresAtOf } from '../../../components/expiry.ts';
import { ExpiryField } from '../../../components/expiry-field.tsx';
import { fieldProblem } from '../../../components/problem-text.ts';
import { tokensWords } from '../../../words/tokens.ts';
import { settingsQuery, tokensKey } from './queries.ts';

const words = tokensWords.rotate;

interface RotateTokenProps {
  readonly slug: string;
  readonly token: Schemas['Token'];
  onRotated(made: Schemas['MadeToken']): void;
}

export function RotateToken({ slug, token, onRotated }: RotateTokenProps) {
  const settings = useQuery(settingsQuery(slug)).data;
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="default" disabled={settings === undefined} onClick={() => setIsOpen(true)}>
        {words.action}
      </Button>
      {settings !== undefined && isOpen && (
        <Dialog
          slug={slug}
          id={token.id}
          settings={settings}
          onRotated={onRotated}
          onClose={() => setIsOpen(false)}
        />
      )}
    </>
  );
}

interface DialogProps extends Pick<RotateTokenProps, 'slug' | 'onRotated'> {
  readonly id: string;
  readonly settings: Schemas['OrganizationSettings'];
  onClose(): void;
}

function Dialog({ slug, id, settings, onRotated, onClose }: DialogProps) {
  const { usualTokenDays, longestTokenDays } = settings;
  const usual = Math.min(usualTokenDays, longestTokenDays ?? usualTokenDays);
  const [now] = useState(() => Date.now());
  const [expiry, setExpiry] = useState<Expiry>({ choice: String(usual), date: '' });
  const rotate = useChange({
    send: (chosen: Expiry, key) => {
      const expiresAt = expiresAtOf(chosen, usual, now);
      return dataOf(
        api.POST('/api/v1/organizations/{slug}/tokens/{id}/rotate', {
          params: { path: { slug, id }, header: { 'idempotency-key': key } },
          body: expiresAt === undefined ? {} : { expiresAt },
        }),
      );
    },
    refreshes: [tokensKey(slug)],
    onDone: (made) => {
      onClose();
      onRotated(made);
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={words.title}
      action={words.action}
      isPending={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate(expiry)}
      onClose={onClose}
    >
      <Stack>
        <Text size="sm">{words.text}</Text>
        <ExpiryField
          usual={usual}
          longest={longestTokenDays}
          value={expiry}
          onChange={setExpiry}
          error={fieldProblem(rotate.error, '/expiresAt')}
        />
      </Stack>
    </ConfirmDialog>
  );
}
