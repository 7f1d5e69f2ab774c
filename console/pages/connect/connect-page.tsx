import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { integrationsQuery } from '../../api/queries.ts';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { connectWords as words } from '../../words/connect.ts';
import { AskCodeHost } from './ask-code-host.tsx';
import { setWantedPlace } from './wanted-place.ts';

/** The first step: the code host, which is asked at once what the person owns there. */
export function ConnectPage() {
  const query = useQuery(integrationsQuery);
  const { into } = useSearch({ from: '/organizations/new' });
  useEffect(() => setWantedPlace(into), [into]);
  return (
    <Page title={words.title} description={words.description}>
      <Loaded query={query}>
        {({ items }) => {
          const offered = items.filter(({ isSignInOffered }) => isSignInOffered);
          return (
            <Stack maw="28rem" gap="sm">
              <Title order={2} size="h4">
                {offered.length === 0 ? words.hosts.none : words.hosts.title}
              </Title>
              {offered.map((host) => (
                <AskCodeHost
                  key={host.key}
                  host={host}
                  label={host.name}
                  variant="default"
                  size="md"
                  fullWidth
                  justify="space-between"
                  rightSection={<Icon name="right" size={16} />}
                />
              ))}
              {offered.length > 0 && (
                <Text size="sm" c="dimmed">
                  {words.hosts.text}
                </Text>
              )}
              <Text size="sm">
                <AnchorLink to="/organizations/new/by-hand" size="sm">
                  {words.byHand.link}
                </AnchorLink>
              </Text>
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}
