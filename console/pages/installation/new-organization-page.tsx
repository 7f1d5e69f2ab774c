import { Button, PasswordInput, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { integrationsQuery } from '../../api/queries.ts';
import { useChange } from '../../api/use-change.ts';
import { FreshSession } from '../../components/fresh-session.tsx';
import { hostOf } from '../../components/host.ts';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { notifyDone } from '../../components/notify.ts';
import { fieldProblem } from '../../components/problem-text.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { installationWords } from '../../words/installation.ts';
import { AdministratorPage } from './administrator-page.tsx';
import { installationKey, statusQuery } from './queries.ts';

const words = installationWords.form;

type Unclaimed = Schemas['InstallationStatus']['unclaimedInstallations'][number];

export function NewOrganizationPage() {
  const { installation } = useSearch({ from: '/installation/new' });
  const query = useQuery(statusQuery);
  const integrations = useQuery(integrationsQuery);
  return (
    <AdministratorPage
      title={words.title}
      description={words.description}
      above={
        <AnchorLink to="/installation" size="sm">
          {installationWords.organizations.title}
        </AnchorLink>
      }
    >
      <FreshSession>
        <Loaded query={query}>
          {({ unclaimedInstallations }) => (
            <Loaded query={integrations}>
              {({ items }) => (
                <Form
                  free={unclaimedInstallations.filter(({ status }) => status === 'active')}
                  hosts={items.filter(({ connectsWith }) => connectsWith.includes('token'))}
                  chosen={installation}
                />
              )}
            </Loaded>
          )}
        </Loaded>
      </FreshSession>
    </AdministratorPage>
  );
}

/** An id is one of its code host alone. */
const keyOf = ({ forge, baseUrl = '', installation }: Unclaimed): string =>
  [forge, baseUrl, installation].join(' ');

interface FormProps {
  /** What an organization could be read with. */
  readonly free: readonly Unclaimed[];
  /** Where one is read with an access token of its owner. */
  readonly hosts: readonly Schemas['Integration'][];
  readonly chosen: string | undefined;
}

function Form({ free, hosts, chosen }: FormProps) {
  const navigate = useNavigate();
  const first = free.find(({ installation }) => installation === chosen);
  const [form, setForm] = useState({
    from: first === undefined ? null : keyOf(first),
    ...suggestedFor(first),
    ...{ organization: '', token: '', repositories: 'later' as 'all' | 'later' },
  });
  const isByToken = hosts.some(({ key }) => key === form.from);
  const make = useChange({
    send: (given: typeof form, key) =>
      dataOf(
        api.POST('/api/v1/installation/organizations', {
          params: { header: { 'idempotency-key': key } },
          body: bodyOf(given, free),
        }),
      ),
    refreshes: [installationKey],
    onDone: ({ slug }) => {
      notifyDone(words.done(slug));
      void navigate({ to: '/installation' });
    },
  });
  const field = (key: 'slug' | 'name' | 'vendors' | 'organization' | 'token', pointer: string) => ({
    value: form[key],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      setForm({ ...form, [key]: event.currentTarget.value }),
    error: fieldProblem(make.error, pointer),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate(form);
      }}
    >
      <Stack maw="36rem">
        <Select
          label={words.from}
          description={free.length === 0 ? words.nothingInstalled : undefined}
          data={[
            ...free.map((one) => ({
              value: keyOf(one),
              label: `${one.login} · ${hostOf(one.baseUrl ?? one.forge)}`,
            })),
            ...hosts.map(({ key, name }) => ({ value: key, label: words.byToken(name) })),
          ]}
          value={form.from}
          onChange={(from) =>
            setForm({ ...form, from, ...suggestedFor(free.find((one) => keyOf(one) === from)) })
          }
          required
        />
        {isByToken && (
          <>
            <TextInput
              label={words.organization}
              description={words.organizationHint}
              required
              maxLength={100}
              {...field('organization', '/from/organization')}
            />
            <PasswordInput
              label={words.token}
              description={words.tokenHint}
              required
              autoComplete="off"
              {...field('token', '/from/accessToken')}
            />
          </>
        )}
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
        <ProblemAlert error={make.error} />
        <Button type="submit" loading={make.isPending} style={{ alignSelf: 'flex-start' }}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}

const suggestedFor = (one: Unclaimed | undefined) => {
  const login = one?.login.toLowerCase() ?? '';
  return { slug: login.replaceAll(/[^a-z0-9-]+/g, '-').slice(0, 40), name: '', vendors: login };
};

interface Given {
  readonly from: string | null;
  readonly organization: string;
  readonly token: string;
  readonly slug: string;
  readonly name: string;
  readonly vendors: string;
  readonly repositories: 'all' | 'later';
}

function bodyOf(given: Given, free: readonly Unclaimed[]): Schemas['NewOrganizationForOwners'] {
  const installed = free.find((one) => keyOf(one) === given.from);
  const { repositories } = given;
  return {
    slug: given.slug.trim(),
    ...(given.name.trim() === '' ? {} : { name: given.name.trim() }),
    ownedVendors: given.vendors.split(/[\s,]+/).filter((vendor) => vendor !== ''),
    from:
      installed === undefined
        ? {
            integration: given.from ?? '',
            organization: given.organization.trim(),
            accessToken: given.token.trim(),
            repositories,
          }
        : {
            installation: installed.installation,
            forge: installed.forge,
            baseUrl: installed.baseUrl,
            repositories,
          },
  };
}
