import { Anchor, Badge, Group, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useLayoutEffect, useRef } from 'react';
import type { Schemas } from '../../api/client.ts';
import { isProblem } from '../../api/problem.ts';
import { useMay } from '../../api/use-may.ts';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { navigationWords } from '../../words/navigation.ts';
import { packageWords as words } from '../../words/package.ts';
import { packagesWords } from '../../words/packages.ts';
import { Access } from './access.tsx';
import { Dependents } from './dependents.tsx';
import { Downloads } from './downloads.tsx';
import { Install } from './install.tsx';
import { NameClaims } from './name-claims.tsx';
import { Notes } from './notes.tsx';
import { PackageMenu } from './package-menu.tsx';
import type { PanelProps } from './panel.ts';
import { nameOf, packageQuery } from './queries.ts';
import { ReadmeView } from './readme-view.tsx';
import { Scans } from './scans.tsx';
import { packageTabs } from './search.ts';
import classes from './tabs.module.css';
import { Versions } from './versions.tsx';

const from = '/o/$slug/packages/$vendor/$name';

const panels = {
  versions: Versions,
  readme: ReadmeView,
  dependents: Dependents,
  downloads: Downloads,
  access: Access,
  scans: Scans,
  name: NameClaims,
} as const;
/** So much of the tab before the chosen one is seen. */
const hintPx = 48;
const ownersTabs: readonly string[] = ['access', 'name'];

export function PackagePage() {
  const path = useParams({ from });
  const may = useMay(path.slug);
  const query = useQuery(packageQuery(path));
  // Nobody has the name, such as after an owner deleted the package: it can be given to a repository that claims it.
  const isNameAlone = may.isOwner && isProblem(query.error, 'not-found');
  return (
    <Page
      title={nameOf(path)}
      of={path.slug}
      above={
        <AnchorLink to="/o/$slug/packages" params={{ slug: path.slug }} size="sm">
          {navigationWords.packages}
        </AnchorLink>
      }
      description={query.data && <Facts found={query.data} />}
      actions={query.data && may.managePackages && <PackageMenu path={path} found={query.data} />}
    >
      {isNameAlone ? (
        <NameClaims path={path} />
      ) : (
        <Loaded query={query}>
          {(found) => (
            <Stack gap="lg">
              <Notes path={path} found={found} may={may} />
              {found.state === 'available' && <Install key={nameOf(path)} path={path} />}
              <Panels key={nameOf(path)} path={path} found={found} may={may} />
            </Stack>
          )}
        </Loaded>
      )}
    </Page>
  );
}

function Facts({ found }: { readonly found: Schemas['Package'] }) {
  const { state, isArchived, links, repository, folder } = found;
  const name = (
    <Group gap={4} component="span">
      <Icon name="repository" size={16} />
      {packagesWords.place(repository.name, folder)}
    </Group>
  );
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
      {links?.page === undefined ? (
        <Text size="sm" component="span">
          {name}
        </Text>
      ) : (
        <Anchor href={links.page} size="sm" rel="noreferrer">
          {name}
        </Anchor>
      )}
      {links?.issues !== undefined && state !== 'unreadable' && (
        <Anchor href={links.issues} size="sm" rel="noreferrer">
          {words.issues}
        </Anchor>
      )}
    </Group>
  );
}

function Panels(props: PanelProps) {
  const { tab = 'versions' } = useSearch({ from });
  const navigate = useNavigate({ from });
  const offered = packageTabs.filter((one) => props.may.isOwner || !ownersTabs.includes(one));
  const shown = offered.includes(tab) ? tab : 'versions';
  const Panel = panels[shown];
  const list = useRef<HTMLDivElement>(null);
  // On a phone the tabs are a strip that is wider than the screen: the chosen one is in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is chosen by then
  useLayoutEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    list.current?.scrollTo({ left: (chosen?.offsetLeft ?? 0) - hintPx });
  }, [shown]);
  return (
    <Tabs
      value={shown}
      onChange={(value) =>
        void navigate({ search: { tab: packageTabs.find((one) => one === value) }, replace: true })
      }
    >
      <Tabs.List mb="md" ref={list} className={classes.list}>
        {offered.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {words.tabs[one]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={shown}>
        <Panel {...props} />
      </Tabs.Panel>
    </Tabs>
  );
}
