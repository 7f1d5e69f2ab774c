import { Button, Checkbox, Group, Radio, Stack, TextInput } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type VcsKind, vcsKinds } from '../../../shared/domain/vcs-repository.ts';
import { api, dataOf } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { FreshSession } from '../../components/fresh-session.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { OwnersPage } from '../../components/owners-page.tsx';
import { Page } from '../../components/page.tsx';
import { fieldProblem } from '../../components/problem-text.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { vcsRepositoriesWords } from '../../words/vcs-repositories.ts';
import { type Address, addressOf, type CredentialForm, credentialOf, emptyCredential } from './credential.ts';
import { CredentialFields } from './credential-fields.tsx';
import { changedKey } from './queries.ts';
import { type ReadersForm, readersOf } from './readers.ts';
import { ReadersFields } from './readers-fields.tsx';

const words = vcsRepositoriesWords.form;

interface Form {
  readonly url: string;
  /** What somebody chose; else it is guessed. */
  readonly kind: VcsKind | undefined;
  readonly credential: CredentialForm;
  readonly readers: ReadersForm;
  readonly allowsPrivate: boolean;
  readonly allowsHttp: boolean;
}

const empty: Form = {
  ...{ url: '', kind: undefined, credential: emptyCredential, readers: { kind: 'everyone', teams: [] } },
  ...{ allowsPrivate: false, allowsHttp: false },
};

/** Nothing is known of what is no address yet. */
const unknown: Address = {
  ...{ kind: 'git', isKindCertain: false, isEncrypted: true },
  credentials: ['none', 'basic', 'token-header', 'client-certificate', 'ssh-key'],
};

export function NewVcsRepositoryPage() {
  const { slug } = useParams({ from: '/o/$slug/repositories/at-url/new' });
  return (
    <OwnersPage slug={slug} title={words.title}>
      <Page
        title={words.title}
        of={slug}
        above={
          <AnchorLink to="/o/$slug/repositories/at-url" params={{ slug }} size="sm">
            {vcsRepositoriesWords.title}
          </AnchorLink>
        }
      >
        <FreshSession>
          <NewRepository slug={slug} />
        </FreshSession>
      </Page>
    </OwnersPage>
  );
}

function NewRepository({ slug }: { readonly slug: string }) {
  const [form, setForm] = useState(empty);
  const change = (changed: Partial<Form>): void => setForm({ ...form, ...changed });
  const address = addressOf(form.url) ?? unknown;
  const credential = fitting(form.credential, address);
  const add = useAdding(slug);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate({
          ...{ ...form, credential, kind: kindOf(form, address) },
          allowsHttp: form.allowsHttp && !address.isEncrypted,
        });
      }}
    >
      <Stack maw="36rem">
        <TextInput
          label={words.url}
          description={words.urlHint}
          placeholder={words.urlExample}
          required
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          value={form.url}
          onChange={(event) => change({ url: event.currentTarget.value })}
          error={fieldProblem(add.error, '/url')}
        />
        <Kind form={form} address={address} change={change} />
        <CredentialFields
          kinds={address.credentials}
          value={credential}
          onChange={(value) => change({ credential: value })}
          error={add.error}
        />
        <Allowed form={form} address={address} change={change} />
        <ReadersFields
          slug={slug}
          label={words.readers}
          value={form.readers}
          onChange={(readers) => change({ readers })}
          error={add.error}
        />
        <ProblemAlert error={add.error} />
        <Button type="submit" loading={add.isPending} style={{ alignSelf: 'flex-start' }}>
          {credential.kind === 'ssh-key' ? words.submitKey : words.submit}
        </Button>
      </Stack>
    </form>
  );
}

const kindOf = ({ kind }: Form, address: Address): VcsKind =>
  address.isKindCertain ? address.kind : (kind ?? address.kind);

/** What was chosen, where the address can be read with it. */
const fitting = (credential: CredentialForm, { credentials }: Address): CredentialForm =>
  credentials.includes(credential.kind) ? credential : { ...credential, kind: credentials[0] };

function useAdding(slug: string) {
  const navigate = useNavigate();
  return useChange({
    send: ({ url, kind, credential, readers, allowsPrivate, allowsHttp }: Form, key) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/vcs-repositories', {
          params: { path: { slug }, header: { 'idempotency-key': key } },
          body: {
            ...{ url: url.trim(), credential: credentialOf(credential), readers: readersOf(readers) },
            ...{ allowsPrivate, allowsHttp, ...(kind !== undefined && { kind }) },
          },
        }),
      ),
    refreshes: [changedKey(slug)],
    onDone: ({ id }) =>
      void navigate({ to: '/o/$slug/repositories/at-url/$repository', params: { slug, repository: id } }),
  });
}

interface PartProps {
  readonly form: Form;
  readonly address: Address;
  change(changed: Partial<Form>): void;
}

function Kind({ form, address, change }: PartProps) {
  return (
    <Radio.Group
      label={words.kind}
      description={address.isKindCertain ? words.kindCertain : words.kindGuessed}
      value={kindOf(form, address)}
      onChange={(value) => change({ kind: vcsKinds.find((kind) => kind === value) })}
    >
      <Group mt="xs">
        {vcsKinds.map((kind) => (
          <Radio
            key={kind}
            value={kind}
            label={vcsRepositoriesWords.kinds[kind]}
            disabled={address.isKindCertain && kind !== address.kind}
          />
        ))}
      </Group>
    </Radio.Group>
  );
}

function Allowed({ form, address, change }: PartProps) {
  return (
    <>
      {!address.isEncrypted && (
        <Checkbox
          label={words.allowsHttp}
          description={words.allowsHttpText}
          checked={form.allowsHttp}
          onChange={(event) => change({ allowsHttp: event.currentTarget.checked })}
        />
      )}
      <Checkbox
        label={words.allowsPrivate}
        description={words.allowsPrivateText}
        checked={form.allowsPrivate}
        onChange={(event) => change({ allowsPrivate: event.currentTarget.checked })}
      />
    </>
  );
}
