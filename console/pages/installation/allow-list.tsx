import { Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { integrationsQuery } from '../../api/queries.ts';
import { BorderedList } from '../../components/bordered-list.tsx';
import { hostOf } from '../../components/host.ts';
import { notifyDone } from '../../components/notify.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { installationWords } from '../../words/installation.ts';
import { useSettingsChange } from './use-settings-change.ts';

const words = installationWords.settings.allowList;

type Account = Schemas['Account'];

const isSame = (one: Account, other: Account): boolean =>
  one.forge === other.forge && one.baseUrl === other.baseUrl && one.account === other.account;

export function AllowList({ settings }: { readonly settings: Schemas['InstallationSettings'] }) {
  const remove = useSettingsChange(
    ({ allowList }, removed: Account) => ({ allowList: allowList.filter((one) => !isSame(one, removed)) }),
    () => notifyDone(words.removed),
  );
  return (
    <section>
      <Title order={2} mb={4}>
        {words.title}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {words.text}
      </Text>
      <Stack gap="sm">
        {settings.allowList.length === 0 ? (
          <Text size="sm">{words.none}</Text>
        ) : (
          <BorderedList>
            {settings.allowList.map((one) => (
              <li key={`${one.forge} ${one.baseUrl} ${one.account}`}>
                <Group justify="space-between" wrap="nowrap">
                  <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                    {one.account}
                    <Text span size="sm" c="dimmed">
                      {' · '}
                      {hostOf(one.baseUrl)}
                    </Text>
                  </Text>
                  <Button
                    variant="default"
                    size="xs"
                    flex="none"
                    aria-label={words.removeOf(one.account)}
                    loading={remove.isPending && remove.variables === one}
                    onClick={() => remove.mutate(one)}
                  >
                    {words.remove}
                  </Button>
                </Group>
              </li>
            ))}
          </BorderedList>
        )}
        <ProblemAlert error={remove.error} />
        <Add />
      </Stack>
    </section>
  );
}

function Add() {
  const hosts = useQuery(integrationsQuery).data?.items ?? [];
  const [key, setKey] = useState<string | null>(null);
  const [account, setAccount] = useState('');
  const host = hosts.find((one) => one.key === key);
  const add = useSettingsChange(
    ({ allowList }, added: Account) => ({
      allowList: [...allowList.filter((one) => !isSame(one, added)), added],
    }),
    () => {
      setAccount('');
      notifyDone(words.added);
    },
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (host !== undefined) {
          add.mutate({ forge: host.forge, baseUrl: host.baseUrl, account: account.trim() });
        }
      }}
    >
      <Group align="flex-end" gap="sm">
        <Select
          label={words.host}
          data={hosts.map((one) => ({ value: one.key, label: one.name }))}
          value={key}
          onChange={setKey}
          required
          flex="1 1 11rem"
        />
        <TextInput
          label={words.account}
          description={words.accountHint}
          value={account}
          onChange={(event) => setAccount(event.currentTarget.value)}
          maxLength={100}
          required
          flex="2 1 14rem"
        />
        <Button type="submit" variant="default" loading={add.isPending}>
          {words.add}
        </Button>
      </Group>
      <ProblemAlert error={add.error} />
    </form>
  );
}
