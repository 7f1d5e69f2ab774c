import { ActionIcon, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { notifyDone } from '../../components/notify.ts';
import { installationWords } from '../../words/installation.ts';
import { installationKey, settingsQuery } from './queries.ts';
import { useSettingsChange } from './use-settings-change.ts';

const words = installationWords.signIns;

interface SignInActionsProps {
  readonly entry: Schemas['SignInEntry'];
  readonly who: string;
}

type Action = 'end' | 'allow' | 'promote';

/** What an administrator does about whom an entry names. */
export function SignInActions({ entry, who }: SignInActionsProps) {
  const [action, setAction] = useState<Action>();
  const { user, account, act } = entry;
  const administrators = useQuery(settingsQuery).data?.data.administrators ?? [];
  const isAdministrator = user !== undefined && administrators.includes(user);
  const offered: readonly Action[] = [
    ...(act === 'refused' && account !== undefined ? (['allow'] as const) : []),
    ...(user === undefined ? [] : (['end'] as const)),
    ...(user === undefined || isAdministrator ? [] : (['promote'] as const)),
  ];
  if (offered.length === 0) {
    return null;
  }
  const close = () => setAction(undefined);
  return (
    <>
      <Menu keepMounted={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={words.more(who)}>
            <Icon name="more" size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {offered.map((one) => (
            <Menu.Item key={one} onClick={() => setAction(one)}>
              {words[one].action}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {action === 'end' && user !== undefined && <End user={user} who={who} onClose={close} />}
      {action === 'allow' && account !== undefined && <Allow account={account} who={who} onClose={close} />}
      {action === 'promote' && user !== undefined && <Promote user={user} who={who} onClose={close} />}
    </>
  );
}

interface DialogProps {
  readonly who: string;
  onClose(): void;
}

function End({ user, who, onClose }: DialogProps & { readonly user: string }) {
  const end = useChange({
    send: (why: string) =>
      dataOf(
        api.POST('/api/v1/installation/users/{user}/end-sessions', {
          params: { path: { user } },
          body: { why },
        }),
      ),
    refreshes: [installationKey],
    onDone: ({ ended }) => {
      onClose();
      notifyDone(words.end.done(ended));
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={words.end.title(who)}
      action={words.end.action}
      asksWhy
      isPending={end.isPending}
      error={end.error}
      onConfirm={({ why }) => end.mutate(why)}
      onClose={onClose}
    >
      {words.end.text}
    </ConfirmDialog>
  );
}

type Account = NonNullable<Schemas['SignInEntry']['account']>;

function Allow({ account, who, onClose }: DialogProps & { readonly account: Account }) {
  const allow = useSettingsChange(
    ({ allowList }, { forge, baseUrl, account: id }: Account) => ({
      allowList: [
        ...allowList.filter((one) => one.account !== id || one.forge !== forge || one.baseUrl !== baseUrl),
        { forge, baseUrl, account: id },
      ],
    }),
    () => {
      onClose();
      notifyDone(words.allow.done(who));
    },
  );
  return (
    <ConfirmDialog
      isOpen
      title={words.allow.title(who)}
      action={words.allow.action}
      isPending={allow.isPending}
      error={allow.error}
      onConfirm={() => allow.mutate(account)}
      onClose={onClose}
    >
      {words.allow.text}
    </ConfirmDialog>
  );
}

function Promote({ user, who, onClose }: DialogProps & { readonly user: string }) {
  const promote = useSettingsChange(
    ({ administrators }, added: string) => ({ administrators: [...new Set([...administrators, added])] }),
    () => {
      onClose();
      notifyDone(words.promote.done(who));
    },
  );
  return (
    <ConfirmDialog
      isOpen
      title={words.promote.title(who)}
      action={words.promote.action}
      isPending={promote.isPending}
      error={promote.error}
      onConfirm={() => promote.mutate(user)}
      onClose={onClose}
    >
      {words.promote.text}
    </ConfirmDialog>
  );
}
