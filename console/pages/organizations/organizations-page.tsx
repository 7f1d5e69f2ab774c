import { Alert, Badge, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '../../api/client.ts';
import { organizationsQuery } from '../../api/queries.ts';
import { Icon } from '../../components/icon.tsx';
import { Invitations } from '../../components/invitations.tsx';
import { ButtonLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
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
            <Invitations />
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
