import { Button, PasswordInput, Radio, Stack, TextInput, Title } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { fieldProblem } from '../../components/problem-text.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { connectWords } from '../../words/connect.ts';

const words = connectWords.form;

interface ConnectFormProps {
  readonly host: Schemas['Integration'];
  readonly chosen: Schemas['ForgeOrganization'];
}

/** Of everything but the slug the suggestion usually fits. */
const suggested = (login: string) => ({
  slug: login
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 40),
  vendors: login.toLowerCase(),
  token: '',
});

export function ConnectForm({ host, chosen: { id, login, name } }: ConnectFormProps) {
  const navigate = useNavigate();
  const [form, setForm] = useState({ ...suggested(login), name, repositories: 'all' as 'all' | 'later' });
  const connect = useChange({
    send: (given: typeof form, key) => {
      const body: Schemas['NewOrganization'] = {
        slug: given.slug.trim(),
        ...(given.name.trim() === '' ? {} : { name: given.name.trim() }),
        ownedVendors: given.vendors.split(/[\s,]+/).filter((vendor) => vendor !== ''),
        from: {
          integration: host.key,
          organization: id,
          repositories: given.repositories,
          ...(given.token === '' ? {} : { accessToken: given.token.trim() }),
        },
      };
      return dataOf(
        api.POST('/api/v1/organizations', { params: { header: { 'idempotency-key': key } }, body }),
      );
    },
    refreshes: [queryKeys.me, queryKeys.organizations],
    onDone: ({ slug }) => void navigate({ to: '/organizations/connected/$slug', params: { slug } }),
  });
  const field = (key: 'slug' | 'name' | 'vendors' | 'token', pointer: string) => ({
    value: form[key],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      setForm({ ...form, [key]: event.currentTarget.value }),
    error: fieldProblem(connect.error, pointer),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        connect.mutate(form);
      }}
    >
      <Stack maw="32rem">
        <Title order={2} size="h4">
          {words.title(login)}
        </Title>
        <TextInput
          label={words.slug}
          description={words.slugHint}
          required
          maxLength={40}
          {...field('slug', '/slug')}
        />
        <TextInput label={words.name} maxLength={200} {...field('name', '/name')} />
        <TextInput
          label={words.vendors}
          description={words.vendorsHint}
          {...field('vendors', '/ownedVendors')}
        />
        <Radio.Group
          label={words.repositories}
          value={form.repositories}
          onChange={(value) => setForm({ ...form, repositories: value === 'all' ? 'all' : 'later' })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="all" label={words.all} />
            <Radio value="later" label={words.later} />
          </Stack>
        </Radio.Group>
        {host.connectsWith.includes('token') && (
          <PasswordInput
            label={words.token}
            description={words.tokenHint}
            autoComplete="off"
            {...field('token', '/from/accessToken')}
          />
        )}
        <ProblemAlert error={connect.error} />
        <Button type="submit" loading={connect.isPending} style={{ alignSelf: 'flex-start' }}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}
