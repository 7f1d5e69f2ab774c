import { Button, Group, Modal, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { integrationsQuery } from '../../api/queries.ts';
import { useChange } from '../../api/use-change.ts';
import { hostOf } from '../../components/host.ts';
import { notifyDone } from '../../components/notify.ts';
import { fieldProblem } from '../../components/problem-text.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { peopleWords } from '../../words/people.ts';
import { peopleKey } from './queries.ts';

const words = peopleWords.add;
const roles = ['member', 'owner'] as const;

/** Invites somebody where no code host says who the people are. */
export function AddPerson({ slug }: { readonly slug: string }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{words.action}</Button>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={words.action}
        closeButtonProps={{ 'aria-label': commonWords.close }}
      >
        <Form slug={slug} onClose={() => setIsOpen(false)} />
      </Modal>
    </>
  );
}

interface FormProps {
  readonly slug: string;
  onClose(): void;
}

function Form({ slug, onClose }: FormProps) {
  const hosts = useQuery(integrationsQuery).data?.items.filter(({ isSignInOffered }) => isSignInOffered);
  const [chosen, setChosen] = useState<string | null>(null);
  const [login, setLogin] = useState('');
  const [role, setRole] = useState<Schemas['NewPerson']['role']>('member');
  const integration = chosen ?? hosts?.[0]?.key;
  const add = useChange({
    send: (body: Schemas['NewPerson']) =>
      dataOf(api.POST('/api/v1/organizations/{slug}/people', { params: { path: { slug } }, body })),
    refreshes: [peopleKey(slug)],
    onDone: (_, { role: given }) => {
      onClose();
      notifyDone(words.done(login.trim(), given));
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (integration !== undefined && login.trim() !== '') {
          add.mutate({ person: { integration, login: login.trim() }, role });
        }
      }}
    >
      <Stack>
        <Select
          label={words.host}
          data={hosts?.map(({ key, baseUrl }) => ({ value: key, label: hostOf(baseUrl) })) ?? []}
          value={integration ?? null}
          onChange={setChosen}
          allowDeselect={false}
        />
        <TextInput
          data-autofocus
          label={words.login}
          description={words.loginHint}
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
          error={fieldProblem(add.error, '/person')}
          autoComplete="off"
          spellCheck={false}
          required
        />
        <Radio.Group label={words.role} value={role} onChange={(value) => setRole(asRole(value))}>
          <Stack gap="xs" mt="xs">
            {roles.map((one) => (
              <Radio
                key={one}
                value={one}
                label={commonWords.roles[one]}
                description={words.roleHints[one]}
              />
            ))}
          </Stack>
        </Radio.Group>
        <ProblemAlert error={add.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {commonWords.cancel}
          </Button>
          <Button type="submit" disabled={login.trim() === ''} loading={add.isPending}>
            {words.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const asRole = (value: string) => roles.find((one) => one === value) ?? 'member';
