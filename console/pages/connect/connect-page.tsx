import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { integrationsQuery } from '../../api/queries.ts';
import { hostOf } from '../../components/host.ts';
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
              {items.map(({ key, baseUrl, forge }) => (
                <ButtonLink
                  key={key}
                  to="/organizations/new/$integration"
                  params={{ integration: key }}
                  variant="default"
                  size="md"
                  justify="space-between"
                  rightSection={
                    <Text size="sm" c="dimmed" tt="capitalize">
                      {forge}
                    </Text>
                  }
                >
                  {hostOf(baseUrl)}
                </ButtonLink>
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}
