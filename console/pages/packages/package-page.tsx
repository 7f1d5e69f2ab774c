import { Anchor, Badge, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Schemas } from '../../api/client.ts';
import { CopyLine } from '../../components/copy-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { navigationWords } from '../../words/navigation.ts';
import { packagesWords } from '../../words/packages.ts';
import { Dependents } from './dependents.tsx';
import { type Named, packageQuery } from './queries.ts';
import { ReadmeView } from './readme-view.tsx';
import { packageTabs } from './search.ts';
import { Versions } from './versions.tsx';

const words = packagesWords.package;
const from = '/o/$slug/packages/$vendor/$name';

const panels = { versions: Versions, readme: ReadmeView, dependents: Dependents } as const;

export function PackagePage() {
  const path = useParams({ from });
  const query = useQuery(packageQuery(path));
  return (
    <Page
      title={`${path.vendor}/${path.name}`}
      of={path.slug}
      above={
        <AnchorLink to="/o/$slug/packages" params={{ slug: path.slug }} size="sm">
          {navigationWords.packages}
        </AnchorLink>
      }
      description={query.data && <Facts found={query.data} />}
    >
      <Loaded query={query}>
        {() => (
          <Stack gap="lg">
            <div>
              <Title order={2} size="sm" mb={6}>
                {words.install}
              </Title>
              <CopyLine value={`composer require ${path.vendor}/${path.name}`} />
            </div>
            <Panels path={path} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Facts({ found }: { readonly found: Schemas['Package'] }) {
  const { state, isArchived, links, repository } = found;
  return (
    <Group gap="sm" mt={4}>
      {state !== 'available' && (
        <Badge variant="light" color={state === 'unreadable' ? 'red' : 'blue'}>
          {packagesWords.states[state]}
        </Badge>
      )}
      {isArchived && (
        <Badge variant="light" color="gray">
          {packagesWords.archived}
        </Badge>
      )}
      {links === undefined ? (
        <Text size="sm">{repository.name}</Text>
      ) : (
        <Anchor href={links.source} size="sm" rel="noreferrer">
          <Group gap={4}>
            <Icon name="repository" size={16} />
            {repository.name}
          </Group>
        </Anchor>
      )}
    </Group>
  );
}

function Panels({ path }: { readonly path: Named }) {
  const { tab = 'versions' } = useSearch({ from });
  const navigate = useNavigate({ from });
  const Panel = panels[tab];
  return (
    <Tabs
      value={tab}
      onChange={(value) =>
        void navigate({ search: { tab: packageTabs.find((one) => one === value) }, replace: true })
      }
    >
      <Tabs.List mb="md">
        {packageTabs.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {words.tabs[one]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab}>
        <Panel path={path} />
      </Tabs.Panel>
    </Tabs>
  );
}
