import { Skeleton, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Schemas } from '../api/client.ts';
import { onPersonConfirmed } from '../api/confirm-person.ts';
import { integrationsQuery, meQuery, useMe } from '../api/queries.ts';
import { commonWords as words } from '../words/common.ts';
import { CodeHostButton } from './code-host-button.tsx';
import { Loaded } from './loaded.tsx';

interface ConfirmPersonButtonsProps {
  /** Whoever is signed in has proven it. */
  onConfirmed?(): void;
}

/** A button for each code host that the person has an account at: it proves there who it is, in another tab, so that this page stays as it is. */
export function ConfirmPersonButtons({ onConfirmed }: ConfirmPersonButtonsProps) {
  const me = useMe();
  const client = useQueryClient();
  const integrations = useQuery(integrationsQuery);
  useEffect(() => {
    const askAgain = async (): Promise<void> => {
      const now = await client.fetchQuery({ ...meQuery, staleTime: 0 });
      if (now !== null && now.authenticatedAt > me.authenticatedAt) {
        onConfirmed?.();
      }
    };
    return onPersonConfirmed(() => void askAgain());
  }, [client, me.authenticatedAt, onConfirmed]);
  return (
    <Loaded query={integrations} skeleton={<Skeleton height={36} />}>
      {({ items }) => <Buttons own={items.filter((one) => isOwn(one, me))} />}
    </Loaded>
  );
}

const isOwn = ({ baseUrl, isSignInOffered }: Schemas['Integration'], { accounts }: Schemas['Me']): boolean =>
  isSignInOffered && accounts.some((one) => one.baseUrl === baseUrl);

const Buttons = ({ own }: { readonly own: readonly Schemas['Integration'][] }) =>
  own.length === 0 ? (
    <Text size="sm">{words.confirmPerson.none}</Text>
  ) : (
    own.map(({ key, name }) => (
      <CodeHostButton
        key={key}
        integration={key}
        purpose="authenticate-again"
        returnTo="/profile/confirmed"
        label={words.confirmPerson.with(name)}
        isInNewTab
        fullWidth
      />
    ))
  );
