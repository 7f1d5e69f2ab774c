import { Button, Group, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { useMe } from '../../api/queries.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { ButtonLink } from '../../components/link.tsx';
import { notifyDone } from '../../components/notify.ts';
import { Person } from '../../components/person.tsx';
import { installationWords } from '../../words/installation.ts';
import classes from './installation.module.css';
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
      <ul className={classes.list}>
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
      </ul>
    </section>
  );
}

function Remove({ id, who }: { readonly id: string; readonly who: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  const remove = useSettingsChange(
    ({ administrators }, removed: string) => ({
      administrators: administrators.filter((one) => one !== removed),
    }),
    () => {
      close();
      notifyDone(words.removed(who));
    },
  );
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={words.removeOf(who)}
        onClick={() => setIsOpen(true)}
      >
        {words.remove}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={words.removeTitle(who)}
        action={words.remove}
        isPending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(id)}
        onClose={close}
      >
        {words.removeText}
      </ConfirmDialog>
    </>
  );
}
