import { PasswordInput, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { fieldProblem } from '../../components/problem-text.ts';
import { vcsRepositoriesWords } from '../../words/vcs-repositories.ts';
import type { CredentialForm, CredentialKind } from './credential.ts';

const words = vcsRepositoriesWords.form;

interface CredentialFieldsProps {
  /** What the address can be read with. */
  readonly kinds: readonly CredentialKind[];
  readonly value: CredentialForm;
  onChange(value: CredentialForm): void;
  /** Of the change that they are sent with. */
  readonly error: unknown;
}

export function CredentialFields({ kinds, value, onChange, error }: CredentialFieldsProps) {
  return (
    <>
      <Radio.Group
        label={words.credential}
        value={value.kind}
        onChange={(chosen) =>
          onChange({ ...value, kind: kinds.find((kind) => kind === chosen) ?? value.kind })
        }
      >
        <Stack gap="xs" mt="xs">
          {kinds.map((kind) => (
            <Radio
              key={kind}
              value={kind}
              label={words.credentials[kind].label}
              description={words.credentials[kind].text}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Fields value={value} error={error} set={(changed) => onChange({ ...value, ...changed })} />
      {value.kind !== 'none' && value.kind !== 'ssh-key' && (
        <Text size="sm" c="dimmed">
          {words.stored}
        </Text>
      )}
    </>
  );
}

interface FieldsProps {
  readonly value: CredentialForm;
  readonly error: unknown;
  set(changed: Partial<CredentialForm>): void;
}

function Fields({ value, error, set }: FieldsProps) {
  const field = (name: keyof CredentialForm) => ({
    ...{ required: true, autoComplete: 'off', spellCheck: false, value: value[name] },
    error: fieldProblem(error, `/credential/${name}`),
    onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      set({ [name]: currentTarget.value }),
  });
  const pem = { rows: 4, placeholder: words.pemExample };
  switch (value.kind) {
    case 'basic':
      return (
        <>
          <TextInput label={words.username} maxLength={200} {...field('username')} />
          <PasswordInput label={words.password} {...field('password')} autoComplete="new-password" />
        </>
      );
    case 'token-header':
      return (
        <>
          <TextInput label={words.header} maxLength={100} {...field('header')} />
          <PasswordInput label={words.value} {...field('value')} autoComplete="new-password" />
        </>
      );
    case 'client-certificate':
      return (
        <>
          <Textarea label={words.certificate} {...pem} {...field('certificate')} />
          <Textarea label={words.key} {...pem} {...field('key')} />
        </>
      );
    default:
      return null;
  }
}
