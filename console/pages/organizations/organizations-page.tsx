import { Alert, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { organizationsQuery } from '../../api/queries.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { Icon } from '../../components/icon.tsx';
import { ButtonLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, ProblemAlert } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { organizationsWords as words } from '../../words/organizations.ts';
import classes from './organizations-page.module.css';

export function OrganizationsPage() {
  const query = useQuery(organizationsQuery);
  return (
    <Page
      title={words.title}
      description={words.description}
      actions={
        <ButtonLink to="/organizations/new" leftSection={<Icon name="add" size={16} />}>
          {words.connect}
        </ButtonLink>
      }
    >
      <Loaded query={query}>
        {({ items, waiting, invitations }) => (
          <Stack>
            {invitations.map((one) => (
              <Invitation key={one.slug} {...one} />
            ))}
            {waiting.map(({ slug, name }) => (
              <Alert key={slug} icon={<Icon name="clock" />} variant="light">
                {words.waiting(name)}
              </Alert>
            ))}
            {items.length === 0 && waiting.length === 0 && invitations.length === 0 ? (
              <Empty icon="team" title={words.noneTitle} text={words.noneText} />
            ) : (
              <ul className={classes.list}>
                {items.map((one) => (
                  <Organization key={one.slug} {...one} />
                ))}
              </ul>
            )}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Organization({ slug, name, role, accessStoppedAt }: Schemas['Organization']) {
  return (
    <li>
      <Link to="/o/$slug" params={{ slug }} className={classes.card}>
        <Text fw={600} truncate>
          {name}
        </Text>
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {slug} · {commonWords.roles[role]}
          </Text>
          {accessStoppedAt !== undefined && (
            <Badge color="red" variant="light">
              {words.stopped}
            </Badge>
          )}
        </Group>
      </Link>
    </li>
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
