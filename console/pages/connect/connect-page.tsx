import { Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { integrationsQuery } from '../../api/queries.ts';
import { Icon } from '../../components/icon.tsx';
import { ButtonLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { connectWords as words } from '../../words/connect.ts';

/** The first step: the code host. */
export function ConnectPage() {
  const query = useQuery(integrationsQuery);
  return (
    <Page title={words.title} description={words.description}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="link" title={words.hosts.none} text="" />
          ) : (
            <Stack maw="28rem" gap="sm">
              <Title order={2} size="h4">
                {words.hosts.title}
              </Title>
              {items.map(({ key, name }) => (
                <ButtonLink
                  key={key}
                  to="/organizations/new/$integration"
                  params={{ integration: key }}
                  variant="default"
                  size="md"
                  justify="space-between"
                  rightSection={<Icon name="right" size={16} />}
                >
                  {name}
                </ButtonLink>
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}
