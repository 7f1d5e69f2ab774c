import { Alert, Button, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.ts';
import { organizationsQuery } from '../api/queries.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useChange } from '../api/use-change.ts';
import { organizationsWords as words } from '../words/organizations.ts';
import { Icon } from './icon.tsx';
import { notifyDone } from './notify.ts';
import { ProblemAlert } from './states.tsx';

/** Organizations that invite whoever is signed in; nothing where there are none. */
export function Invitations() {
  const { data } = useQuery(organizationsQuery);
  return data === undefined || data.invitations.length === 0 ? null : (
    <Stack component="section" aria-label={words.invitations} gap="sm">
      {data.invitations.map((one) => (
        <Invitation key={one.slug} {...one} />
      ))}
    </Stack>
  );
}

function Invitation({ slug, name }: { readonly slug: string; readonly name: string }) {
  const answer = useChange({
    send: (isAccepted: boolean) => {
      const init = { params: { path: { organization: slug } } };
      return dataOf<unknown>(
        isAccepted
          ? api.POST('/api/v1/me/invitations/{organization}/accept', init)
          : api.DELETE('/api/v1/me/invitations/{organization}', init),
      );
    },
    refreshes: [queryKeys.organizations, queryKeys.me],
    onDone: (_, isAccepted) => notifyDone(isAccepted ? words.accepted(name) : words.declined(name)),
  });
  return (
    <Alert icon={<Icon name="people" />} variant="light" title={words.invited(name)}>
      <Group gap="xs">
        <Button size="xs" loading={answer.isPending} onClick={() => answer.mutate(true)}>
          {words.accept}
        </Button>
        <Button size="xs" variant="default" disabled={answer.isPending} onClick={() => answer.mutate(false)}>
          {words.decline}
        </Button>
      </Group>
      <ProblemAlert error={answer.error} />
    </Alert>
  );
}
