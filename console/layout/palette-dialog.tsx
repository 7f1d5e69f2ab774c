import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.layer.css';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, dataOf } from '../api/client.ts';
import { useMe } from '../api/queries.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useMay } from '../api/use-may.ts';
import { useFoundPeople } from '../components/found-people.ts';
import { searchQuery } from '../components/found-select.tsx';
import { Icon } from '../components/icon.tsx';
import { commonWords as words } from '../words/common.ts';
import { installationPages, pagesOf } from './pages-of.ts';
import { useSlug } from './use-slug.ts';

const repositoriesShown = 5;
const pauseMs = 150;

/** @param opened how often it was asked for */
export function PaletteDialog({ opened }: { readonly opened: number }) {
  const [text, setText] = useState('');
  const slug = useSlug();
  const groups = [...usePages(slug), ...useFound(slug, text)];
  useEffect(() => {
    if (opened > 0) {
      spotlight.open();
    }
  }, [opened]);
  return (
    <Spotlight
      actions={groups}
      query={text}
      onQueryChange={setText}
      clearQueryOnClose
      scrollable
      lockScroll={false}
      shortcut={null}
      nothingFound={words.nothingFound}
      searchProps={{ placeholder: words.palette.placeholder, 'aria-label': words.palette.placeholder }}
    />
  );
}

function usePages(slug: string | undefined): SpotlightActionGroupData[] {
  const { organizations, isAdministrator } = useMe();
  const navigate = useNavigate();
  const may = useMay(slug);
  const pages = organizations.some((one) => one.slug === slug) ? pagesOf(may) : [];
  return [
    {
      group: words.palette.pages,
      actions: [
        ...pages.map(({ to, label, icon }) => ({
          id: to,
          label,
          leftSection: <Icon name={icon} />,
          onClick: () => void navigate({ to, params: { slug: slug ?? '' } }),
        })),
        {
          id: 'profile',
          label: words.profile,
          leftSection: <Icon name="user" />,
          onClick: () => void navigate({ to: '/profile' }),
        },
        ...(isAdministrator ? installationPages : []).map(({ to, label, icon }) => ({
          id: to,
          label: words.palette.ofInstallation(label),
          leftSection: <Icon name={icon} />,
          onClick: () => void navigate({ to }),
        })),
      ],
    },
    {
      group: words.palette.organizations,
      actions: organizations.map((one) => ({
        id: `organization ${one.slug}`,
        label: one.name,
        description: one.slug,
        onClick: () => void navigate({ to: '/o/$slug', params: { slug: one.slug } }),
      })),
    },
  ];
}

/** What the organization has by this name: owners find everything, others the packages that they may install. */
function useFound(slug: string | undefined, text: string): SpotlightActionGroupData[] {
  const navigate = useNavigate();
  const labelOf = useFoundPeople(slug);
  const [name] = useDebouncedValue(text.trim().toLowerCase(), pauseMs);
  const isAsked = slug !== undefined && name.length > 1;
  const found = useQuery({ ...searchQuery(slug ?? '', name), enabled: isAsked }).data;
  const repositories = useQuery({ ...repositoriesQuery(slug ?? '', name), enabled: isAsked }).data;
  if (!isAsked) {
    return [];
  }
  const of = (group: string, actions: SpotlightActionGroupData['actions']) =>
    actions.length === 0 ? [] : [{ group, actions }];
  return [
    ...of(
      words.palette.packages,
      (found?.packages ?? []).map((one) => packageAction(slug, one.name, navigate)),
    ),
    ...of(
      words.palette.people,
      (found?.people ?? []).map((one) => ({
        id: `person ${one.id}`,
        label: labelOf(one),
        leftSection: <Icon name="user" />,
        onClick: () => void navigate({ to: '/o/$slug/people/$person', params: { slug, person: one.id } }),
      })),
    ),
    ...of(
      words.palette.teams,
      (found?.teams ?? []).map(({ id, name: team }) => ({
        id: `team ${id}`,
        label: team,
        leftSection: <Icon name="team" />,
        onClick: () => void navigate({ to: '/o/$slug/teams/$team', params: { slug, team: id } }),
      })),
    ),
    ...of(
      words.palette.repositories,
      (repositories?.items ?? []).map(({ id, name: repository }) => ({
        id: `repository ${id}`,
        label: repository,
        leftSection: <Icon name="repository" />,
        onClick: () =>
          void navigate({
            to: '/o/$slug/repositories',
            params: { slug },
            search: { name: repository, show: 'all' },
          }),
      })),
    ),
  ];
}

function packageAction(slug: string, full: string, navigate: ReturnType<typeof useNavigate>) {
  const [vendor = '', name = ''] = full.split('/');
  return {
    id: `package ${full}`,
    label: full,
    leftSection: <Icon name="package" />,
    onClick: () => void navigate({ to: '/o/$slug/packages/$vendor/$name', params: { slug, vendor, name } }),
  };
}

const repositoriesQuery = (slug: string, name: string) => ({
  queryKey: queryKeys.of(slug, 'palette', name),
  queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/repositories', {
        params: { path: { slug }, query: { name, limit: repositoriesShown } },
        signal,
      }),
    ),
  placeholderData: keepPreviousData,
});
