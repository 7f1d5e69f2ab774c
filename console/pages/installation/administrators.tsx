import { Group, Text, Title } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { useMe } from '../../api/queries.ts';
import { BorderedList } from '../../components/bordered-list.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { ButtonLink } from '../../components/link.tsx';
import { notifyDone } from '../../components/notify.ts';
import { Person } from '../../components/person.tsx';
import { installationWords } from '../../words/installation.ts';
import { useSettingsChange } from './use-settings-change.ts';

const words = installationWords.settings.administrators;

interface AdministratorsProps {
  readonly settings: Schemas['InstallationSettings'];
}

export function Administrators({ settings: { administrators, people } }: AdministratorsProps) {
  const me = useMe();
  const rows = administrators.map(
    (id) => people.find((one) => one.id === id) ?? { id, login: id, name: undefined },
  );
  return (
    <section>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{words.title}</Title>
        <ButtonLink to="/installation/sign-ins" variant="default" size="xs">
          {words.choose}
        </ButtonLink>
      </Group>
      <BorderedList>
        {rows.map(({ id, login, name }) => (
          <li key={id}>
            <Group justify="space-between" wrap="nowrap" mih={36}>
              <Person login={login} name={name} />
              {id === me.id ? (
                <Text size="sm" c="dimmed">
                  {words.you}
                </Text>
              ) : (
                <Remove id={id} who={name ?? login} />
              )}
            </Group>
          </li>
        ))}
      </BorderedList>
    </section>
  );
}

function Remove({ id, who }: { readonly id: string; readonly who: string }) {
  const remove = useSettingsChange(
    ({ administrators }) => ({
      administrators: administrators.filter((one) => one !== id),
    }),
    () => notifyDone(words.removed(who)),
  );
  return (
    <ConfirmButton
      label={words.remove}
      spoken={words.removeOf(who)}
      size="xs"
      title={words.removeTitle(who)}
      change={remove}
    >
      {words.removeText}
    </ConfirmButton>
  );
}
