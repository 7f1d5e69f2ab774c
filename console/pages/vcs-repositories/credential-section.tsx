import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { CopyLine } from '../../components/copy-button.tsx';
import { FreshSession } from '../../components/fresh-session.tsx';
import { ProblemAlert } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { vcsRepositoriesWords } from '../../words/vcs-repositories.ts';
import { Section } from '../settings/section.tsx';
import { addressOf, credentialOf, emptyCredential } from './credential.ts';
import { CredentialFields } from './credential-fields.tsx';
import type { PartProps } from './part.ts';
import { useVcsChange } from './use-vcs-change.ts';

const words = vcsRepositoriesWords.one.credential;
const { form, one } = vcsRepositoriesWords;

/** What a repository is read with, and where that may be sent. */
export function CredentialSection(part: PartProps) {
  const { url, credential, publicKey, state } = part.repository;
  const address = addressOf(url);
  const isChangeable = address !== undefined && address.credentials.length > 1;
  return (
    <Section
      title={words.title}
      action={credential === 'ssh-key' ? <NewKey {...part} /> : isChangeable && <Change {...part} />}
    >
      <Stack>
        <Text size="sm">{words.kinds[credential]}</Text>
        {publicKey !== undefined && state !== 'new' && (
          <div>
            <Text size="sm" c="dimmed" mb={6}>
              {one.publicKey.text}
            </Text>
            <CopyLine value={publicKey} label={one.publicKey.copy} />
          </div>
        )}
        <Allowed {...part} isEncrypted={address?.isEncrypted ?? true} />
      </Stack>
    </Section>
  );
}

function NewKey({ slug, id }: PartProps) {
  const make = useVcsChange({ slug, id }, { said: words.newKeyDone });
  return (
    <ConfirmButton
      label={words.newKey}
      title={words.newKeyTitle}
      size="xs"
      flex="none"
      change={{
        ...make,
        mutate: (_, options) => make.mutate({ credential: { kind: 'ssh-key' } }, options),
      }}
    >
      {words.newKeyText}
    </ConfirmButton>
  );
}

function Change(part: PartProps) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="default" size="xs" flex="none" onClick={() => setIsOpen(true)}>
        {words.change}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={words.dialog}
        closeButtonProps={{ 'aria-label': commonWords.close }}
      >
        <FreshSession>
          <ChangeForm {...part} onClose={close} />
        </FreshSession>
      </Modal>
    </>
  );
}

function ChangeForm({
  slug,
  id,
  repository: { url, credential },
  onAsked,
  onClose,
}: PartProps & { onClose(): void }) {
  const [value, setValue] = useState({ ...emptyCredential, kind: credential });
  const change = useVcsChange(
    { slug, id },
    {
      said: words.done,
      onDone: () => {
        onAsked();
        onClose();
      },
    },
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ credential: credentialOf(value) });
      }}
    >
      <Stack>
        <Text size="sm">{words.dialogText}</Text>
        <CredentialFields
          kinds={addressOf(url)?.credentials ?? []}
          value={value}
          onChange={setValue}
          error={change.error}
        />
        <ProblemAlert error={change.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {commonWords.cancel}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {words.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Each is sent as it is chosen, and read with at once. */
function Allowed({
  slug,
  id,
  repository: { allowsPrivate, allowsHttp },
  isEncrypted,
  onAsked,
}: PartProps & { readonly isEncrypted: boolean }) {
  const change = useVcsChange({ slug, id }, { said: words.allowed, onDone: onAsked });
  return (
    <>
      {!isEncrypted && (
        <Checkbox
          label={form.allowsHttp}
          description={form.allowsHttpText}
          checked={allowsHttp}
          disabled={change.isPending || allowsHttp}
          onChange={() => change.mutate({ allowsHttp: true })}
        />
      )}
      <Checkbox
        label={form.allowsPrivate}
        description={form.allowsPrivateText}
        checked={allowsPrivate}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ allowsPrivate: event.currentTarget.checked })}
      />
      <ProblemAlert error={change.error} />
    </>
  );
}
