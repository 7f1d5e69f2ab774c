import { Button, Checkbox, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { useMe } from '../../api/queries.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { FreshSession } from '../../components/fresh-session.tsx';
import { notifyDone } from '../../components/notify.ts';
import { fieldProblem } from '../../components/problem-text.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { profileWords } from '../../words/profile.ts';
import {
  expiryOf,
  type Life,
  lives,
  type MadeOwnToken,
  type OwnToken,
  ownTokensQuery,
} from './own-tokens.ts';

const words = profileWords.tokens;
const refreshes = [ownTokensQuery.queryKey];

interface LifeSelectProps {
  readonly life: Life;
  onLife(life: Life): void;
  readonly error?: string | undefined;
}

const LifeSelect = ({ life, onLife, error }: LifeSelectProps) => (
  <Select
    label={words.ends}
    data={lives.map((value) => ({ value, label: words.lives[value] }))}
    value={life}
    allowDeselect={false}
    onChange={(value) => onLife(lives.find((one) => one === value) ?? 'usual')}
    error={error}
    comboboxProps={{ zIndex: 400 }}
  />
);

interface DialogProps {
  onMade(made: MadeOwnToken): void;
  onClose(): void;
}

export function MakeToken({ isOpen, ...props }: DialogProps & { readonly isOpen: boolean }) {
  return (
    <Modal
      opened={isOpen}
      onClose={props.onClose}
      title={words.make}
      closeButtonProps={{ 'aria-label': commonWords.close }}
    >
      <FreshSession>
        <MakeForm {...props} />
      </FreshSession>
    </Modal>
  );
}

function MakeForm({ onMade, onClose }: DialogProps) {
  const { organizations } = useMe();
  const [description, setDescription] = useState('');
  const [life, setLife] = useState<Life>('usual');
  const [reads, setReads] = useState(organizations.map(({ slug }) => slug));
  // What is sent again has to be the same.
  const [now] = useState(() => Date.now());
  const make = useChange({
    send: (given: { description: string; life: Life; reads: readonly string[] }, key) =>
      dataOf(
        api.POST('/api/v1/me/tokens', {
          params: { header: { 'idempotency-key': key } },
          body: {
            description: given.description.trim(),
            ...expiryOf(given.life, now),
            without: organizations.map(({ slug }) => slug).filter((slug) => !given.reads.includes(slug)),
          },
        }),
      ),
    refreshes,
    onDone: onMade,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate({ description, life, reads });
      }}
    >
      <Stack>
        <TextInput
          data-autofocus
          label={words.description}
          placeholder={words.descriptionExample}
          required
          maxLength={200}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={fieldProblem(make.error, '/description')}
        />
        <LifeSelect life={life} onLife={setLife} error={fieldProblem(make.error, '/expiresAt')} />
        {organizations.length > 1 && (
          <Checkbox.Group label={words.reads} description={words.readsHint} value={reads} onChange={setReads}>
            <Stack gap="xs" mt="xs">
              {organizations.map(({ slug, name }) => (
                <Checkbox key={slug} value={slug} label={name === slug ? slug : `${name} (${slug})`} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        <ProblemAlert error={make.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {commonWords.cancel}
          </Button>
          <Button type="submit" loading={make.isPending} disabled={description.trim() === ''}>
            {words.make}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface TokenDialogProps {
  readonly token: OwnToken;
  onClose(): void;
}

export function RotateToken({ token: { id, description }, onMade, onClose }: TokenDialogProps & DialogProps) {
  const [life, setLife] = useState<Life>('usual');
  const [now] = useState(() => Date.now());
  const rotate = useChange({
    send: (given: Life, key) =>
      dataOf(
        api.POST('/api/v1/me/tokens/{id}/rotate', {
          params: { path: { id }, header: { 'idempotency-key': key } },
          body: expiryOf(given, now),
        }),
      ),
    refreshes,
    onDone: onMade,
  });
  return (
    <ConfirmDialog
      isOpen
      title={words.rotateTitle(description)}
      action={words.rotate}
      isPending={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate(life)}
      onClose={onClose}
    >
      <Stack>
        {words.rotateText}
        <LifeSelect life={life} onLife={setLife} error={fieldProblem(rotate.error, '/expiresAt')} />
      </Stack>
    </ConfirmDialog>
  );
}

export function RevokeToken({ token: { id, description }, onClose }: TokenDialogProps) {
  const revoke = useChange({
    send: () => dataOf<unknown>(api.DELETE('/api/v1/me/tokens/{id}', { params: { path: { id } } })),
    refreshes,
    onDone: () => {
      onClose();
      notifyDone(words.revoked(description));
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={words.revokeTitle(description)}
      action={words.revoke}
      isPending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate(undefined)}
      onClose={onClose}
    >
      {words.revokeText}
    </ConfirmDialog>
  );
}
