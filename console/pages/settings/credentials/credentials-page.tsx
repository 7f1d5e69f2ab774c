import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Schemas } from '../../../api/client.ts';
import { integrationsQuery } from '../../../api/queries.ts';
import { Loaded } from '../../../components/loaded.tsx';
import { Page } from '../../../components/page.tsx';
import { Empty, LoadingRows } from '../../../components/states.tsx';
import { credentialsWords as words } from '../../../words/credentials.ts';
import { ConnectionCard } from './connection-card.tsx';
import { connectionsQuery, providedBy, providersQuery } from './queries.ts';
import { waysToReplace } from './ways.ts';

export function CredentialsPage() {
  const { slug } = useParams({ from: '/o/$slug/settings/credentials' });
  const query = useQuery(connectionsQuery(slug));
  const providers = useQuery(providersQuery(slug));
  const hosts = useQuery(integrationsQuery);
  const isReplaceable = (one: Schemas['Connection']): boolean => {
    const host = hosts.data?.items.find(({ baseUrl }) => baseUrl === one.baseUrl);
    // What cannot be read here is said by the page that it leads to.
    return hosts.isError || (host !== undefined && waysToReplace(one, host).length > 0);
  };
  return (
    <Page title={words.title} of={slug} description={words.description}>
      {providers.isPending || hosts.isPending ? (
        <LoadingRows />
      ) : (
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="lock" {...words.none} />
            ) : (
              <Stack>
                {items.map((one) => (
                  <ConnectionCard
                    key={one.usedBy.synchronization}
                    slug={slug}
                    connection={one}
                    isReplaceable={isReplaceable(one)}
                    provided={providedBy(providers.data ?? [], one.usedBy.login)}
                  />
                ))}
              </Stack>
            )
          }
        </Loaded>
      )}
    </Page>
  );
}
