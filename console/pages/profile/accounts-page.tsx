import { Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { integrationsQuery, useMe } from '../../api/queries.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { BorderedList } from '../../components/bordered-list.tsx';
import { CodeHostButton } from '../../components/code-host-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { notifyDone } from '../../components/notify.ts';
import { When } from '../../components/when.tsx';
import { profileWords } from '../../words/profile.ts';
import classes from './profile-page.module.css';
import { ProfilePage } from './profile-page.tsx';

type Account = Schemas['Me']['accounts'][number];
const words = profileWords.accounts;

export const AccountsPage = () => (
  <ProfilePage tab="accounts">
    <Accounts />
  </ProfilePage>
);

interface AccountsProps {
  /** An account was unlinked. */
  onUnlinked?(): void;
}

export function Accounts({ onUnlinked }: AccountsProps) {
  const { accounts } = useMe();
  return (
    <Stack gap="xl">
      <BorderedList label={profileWords.titles.accounts}>
        {accounts.map((one) => (
          <li key={`${one.baseUrl} ${one.account}`}>
            <Group gap="sm" wrap="nowrap">
              <div className={classes.grow}>
                <Text fw={600} truncate>
                  {one.login ?? one.account}
                </Text>
                <Text size="sm" c="dimmed" component="div">
                  {one.name} · {words.lastUsed} <When at={one.lastSignInAt} />
                </Text>
              </div>
              {accounts.length > 1 && (
                <Unlink account={one} {...(onUnlinked !== undefined && { onUnlinked })} />
              )}
            </Group>
          </li>
        ))}
      </BorderedList>
      <Further />
    </Stack>
  );
}

function Further() {
  const query = useQuery(integrationsQuery);
  return (
    <Stack gap="xs" component="section" aria-labelledby="link">
      <Title order={2} id="link">
        {words.further}
      </Title>
      <Text size="sm" c="dimmed">
        {words.furtherText}
      </Text>
      <Loaded query={query} skeleton={<Skeleton height={36} maw={480} />}>
        {({ items }) => (
          <Group gap="xs">
            {items
              .filter(({ isSignInOffered }) => isSignInOffered)
              .map(({ key, name }) => (
                <CodeHostButton
                  key={key}
                  integration={key}
                  purpose="link"
                  returnTo="/profile/linked"
                  variant="default"
                  leftSection={<Icon name="link" size={16} />}
                  label={name}
                  spoken={words.link(name)}
                />
              ))}
          </Group>
        )}
      </Loaded>
    </Stack>
  );
}

function Unlink({
  account: { forge, baseUrl, account, login = account, name },
  onUnlinked,
}: AccountsProps & { readonly account: Account }) {
  const unlink = useChange({
    send: () =>
      dataOf<unknown>(api.POST('/api/v1/me/accounts/unlink', { body: { forge, baseUrl, account } })),
    refreshes: [queryKeys.me, queryKeys.organizations],
    onDone: () => {
      notifyDone(words.unlinked(login, name));
      onUnlinked?.();
    },
  });
  return (
    <ConfirmButton
      label={words.unlink}
      spoken={words.unlinkOf(login, name)}
      size="xs"
      title={words.unlinkTitle(login, name)}
      change={unlink}
    >
      {words.unlinkText}
    </ConfirmButton>
  );
}
