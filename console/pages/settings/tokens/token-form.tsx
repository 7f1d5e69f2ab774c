import { Button, MultiSelect, Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { useMe } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { type Expiry, expiresAtOf } from '../../../components/expiry.ts';
import { ExpiryField } from '../../../components/expiry-field.tsx';
import { FoundSelect } from '../../../components/found-select.tsx';
import { fieldProblem } from '../../../components/problem-text.ts';
import { ProblemAlert } from '../../../components/states.tsx';
import { tokensWords } from '../../../words/tokens.ts';
import { tokensKey } from './queries.ts';

const words = tokensWords.form;
const kinds = ['organization', 'team', 'member'] as const;

interface Form {
  readonly kind: (typeof kinds)[number];
  readonly team: { readonly value: string; readonly label: string } | undefined;
  readonly login: string | undefined;
  readonly further: readonly string[];
  readonly description: string;
  readonly expiry: Expiry;
}

interface TokenFormProps {
  readonly slug: string;
  readonly settings: Schemas['OrganizationSettings'];
  onMade(made: Schemas['MadeToken']): void;
}

export function TokenForm({ slug, settings, onMade }: TokenFormProps) {
  const { usualTokenDays, longestTokenDays } = settings;
  const usual = Math.min(usualTokenDays, longestTokenDays ?? usualTokenDays);
  const [form, setForm] = useState<Form>({
    ...{ kind: 'organization', team: undefined, login: undefined, further: [], description: '' },
    expiry: { choice: String(usual), date: '' },
  });
  const change = (changed: Partial<Form>): void => setForm({ ...form, ...changed });
  const make = useMaking(slug, usual, onMade);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate(form);
      }}
    >
      <Stack maw="36rem">
        <TextInput
          label={words.description}
          description={words.descriptionHint}
          required
          maxLength={200}
          value={form.description}
          onChange={(event) => change({ description: event.currentTarget.value })}
          error={fieldProblem(make.error, '/description')}
        />
        <Radio.Group
          label={words.holder}
          value={form.kind}
          onChange={(value) => change({ kind: kinds.find((kind) => kind === value) ?? 'organization' })}
        >
          <Stack gap="xs" mt="xs">
            {kinds.map((kind) => (
              <Radio
                key={kind}
                value={kind}
                label={words.holders[kind]}
                description={words.holderHints[kind]}
              />
            ))}
          </Stack>
        </Radio.Group>
        <WhomFor slug={slug} form={form} change={change} />
        <ExpiryField
          usual={usual}
          longest={longestTokenDays}
          value={form.expiry}
          onChange={(expiry) => change({ expiry })}
          error={fieldProblem(make.error, '/expiresAt')}
        />
        <ProblemAlert error={make.error} />
        <Button type="submit" loading={make.isPending} style={{ alignSelf: 'flex-start' }}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}

interface WhomForProps {
  readonly slug: string;
  readonly form: Form;
  change(changed: Partial<Form>): void;
}

/** Which team, which person, or which organizations besides. */
function WhomFor({ slug, form, change }: WhomForProps) {
  const others = useMe().organizations.filter((one) => one.slug !== slug && one.role === 'owner');
  const common = { slug, hint: words.typeName, required: true };
  switch (form.kind) {
    case 'team':
      return (
        <FoundSelect
          key="team"
          {...common}
          label={words.team}
          chosen={form.team}
          optionsOf={teamsFound}
          onChoose={(value, label) => change({ team: value === undefined ? undefined : { value, label } })}
        />
      );
    case 'member':
      return (
        <FoundSelect
          key="member"
          {...common}
          label={words.person}
          chosen={form.login === undefined ? undefined : { value: form.login, label: form.login }}
          optionsOf={({ people }) => people.map(({ login }) => ({ value: login, label: login }))}
          onChoose={(login) => change({ login })}
        />
      );
    case 'organization':
      return others.length === 0 ? null : (
        <MultiSelect
          label={words.further}
          description={words.furtherHint}
          data={others.map(({ slug: value, name }) => ({ value, label: name }))}
          value={[...form.further]}
          onChange={(further) => change({ further })}
          maxValues={14}
          clearable
        />
      );
  }
}

const teamsFound = ({ teams }: Schemas['Found']) => teams.map(({ id, name }) => ({ value: id, label: name }));

function useMaking(slug: string, usual: number, onMade: TokenFormProps['onMade']) {
  // What is sent again has to be the same.
  const [now] = useState(() => Date.now());
  return useChange({
    send: (form: Form, key) => {
      const expiresAt = expiresAtOf(form.expiry, usual, now);
      return dataOf(
        api.POST('/api/v1/organizations/{slug}/tokens', {
          params: { path: { slug }, header: { 'idempotency-key': key } },
          body: {
            for: holderOf(form),
            description: form.description.trim(),
            ...(expiresAt === undefined ? {} : { expiresAt }),
          },
        }),
      );
    },
    refreshes: [tokensKey(slug)],
    onDone: onMade,
  });
}

function holderOf({ kind, team, login, further }: Form): Schemas['NewToken']['for'] {
  switch (kind) {
    case 'team':
      return { kind, slug: team?.value ?? '' };
    case 'member':
      return { kind, login: login ?? '' };
    case 'organization':
      return { kind, ...(further.length === 0 ? {} : { organizations: [...further] }) };
  }
}
