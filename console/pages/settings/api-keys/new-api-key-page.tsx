import { Button, Checkbox, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { queryKeys } from '../../../api/query-keys.ts';
import { useChange } from '../../../api/use-change.ts';
import { CopyBlock } from '../../../components/copy-block.tsx';
import { CopyLine } from '../../../components/copy-button.tsx';
import { expiresAtOf } from '../../../components/expiry.ts';
import { ExpiryField } from '../../../components/expiry-field.tsx';
import { fieldProblem } from '../../../components/problem-text.ts';
import { ProblemAlert } from '../../../components/states.tsx';
import { apiKeysWords as words } from '../../../words/api-keys.ts';
import { NewSecretPage } from '../secret-pages.tsx';
import { firstCall } from './api-addresses.ts';

type Scope = Schemas['ApiKey']['scopes'][number];

const scopes: readonly Scope[] = [
  'read',
  'members',
  'packages',
  'tokens',
  'settings',
  'synchronizations',
  'danger',
];
/** Days that a key lives if nothing else is said. */
const usual = 90;

export function NewApiKeyPage() {
  const { slug } = useParams({ from: '/o/$slug/settings/api-keys/new' });
  return (
    <NewSecretPage<Schemas['CreatedApiKey']>
      words={words}
      list="/o/$slug/settings/api-keys"
      form={(onMade) => <KeyForm slug={slug} onMade={onMade} />}
    >
      {({ secret }) => <MadeKey slug={slug} secret={secret} />}
    </NewSecretPage>
  );
}

function MadeKey({ slug, secret }: { readonly slug: string; readonly secret: string }) {
  const navigate = useNavigate();
  return (
    <Stack maw="44rem">
      <Text fw={500}>{words.made.once}</Text>
      <CopyLine value={secret} label={words.made.copy} />
      <div>
        <Text size="sm" c="dimmed" mb={6}>
          {words.made.example}
        </Text>
        <CopyBlock text={firstCall(window.location.origin, slug, secret)} label={words.made.copyExample} />
      </div>
      <Button
        variant="default"
        onClick={() => void navigate({ to: '/o/$slug/settings/api-keys', params: { slug } })}
        style={{ alignSelf: 'flex-start' }}
      >
        {words.made.done}
      </Button>
    </Stack>
  );
}

interface KeyFormProps {
  readonly slug: string;
  onMade(made: Schemas['CreatedApiKey']): void;
}

function KeyForm({ slug, onMade }: KeyFormProps) {
  const [now] = useState(() => Date.now());
  const [form, setForm] = useState({
    ...{ description: '', scopes: ['read'] as readonly Scope[] },
    expiry: { choice: String(usual), date: '' },
  });
  const make = useChange({
    send: (given: typeof form, key) => {
      const expiresAt = expiresAtOf(given.expiry, usual, now);
      return dataOf(
        api.POST('/api/v1/organizations/{slug}/api-keys', {
          params: { path: { slug }, header: { 'idempotency-key': key } },
          body: {
            description: given.description.trim(),
            scopes: [...given.scopes],
            ...(expiresAt === undefined ? {} : { expiresAt }),
          },
        }),
      );
    },
    refreshes: [queryKeys.of(slug, 'api-keys')],
    onDone: onMade,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate(form);
      }}
    >
      <Stack maw="36rem">
        <TextInput
          label={words.form.description}
          description={words.form.descriptionHint}
          required
          maxLength={100}
          value={form.description}
          onChange={(event) => setForm({ ...form, description: event.currentTarget.value })}
          error={fieldProblem(make.error, '/description')}
        />
        <Checkbox.Group
          label={words.form.scopes}
          description={words.form.scopesHint}
          value={[...form.scopes]}
          onChange={(chosen) =>
            setForm({ ...form, scopes: scopes.filter((scope) => chosen.includes(scope)) })
          }
          error={fieldProblem(make.error, '/scopes')}
        >
          <Stack gap="xs" mt="xs">
            {scopes.map((scope) => (
              <Checkbox
                key={scope}
                value={scope}
                label={words.scopes[scope].name}
                description={words.scopes[scope].text}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <ExpiryField
          usual={usual}
          value={form.expiry}
          onChange={(expiry) => setForm({ ...form, expiry })}
          error={fieldProblem(make.error, '/expiresAt')}
        />
        <Text size="sm" c="dimmed">
          {words.form.maker}
        </Text>
        <ProblemAlert error={make.error} />
        <Button
          type="submit"
          disabled={form.scopes.length === 0}
          loading={make.isPending}
          style={{ alignSelf: 'flex-start' }}
        >
          {words.form.submit}
        </Button>
      </Stack>
    </form>
  );
}
