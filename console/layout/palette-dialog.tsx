import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.layer.css';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, dataOf } from '../api/client.ts';
import { useMe } from '../api/queries.ts';
import { queryKeys } from '../api/query-keys.ts';
import { Icon } from '../components/icon.tsx';
import { commonWords as words } from '../words/common.ts';
import { installationPages, pagesOf } from './pages-of.ts';
import { useSlug } from './use-slug.ts';

const packagesShown = 8;
const pauseMs = 150;

/** @param opened how often it was asked for */
export function PaletteDialog({ opened }: { readonly opened: number }) {
  const [text, setText] = useState('');
  const slug = useSlug();
  const groups = [...usePages(slug), ...usePackages(slug, text)];
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time that it is asked for
  useEffect(() => spotlight.open(), [opened]);
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
  const role = organizations.find((one) => one.slug === slug)?.role;
  const pages = slug === undefined || role === undefined ? [] : pagesOf(role);
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

function usePackages(slug: string | undefined, text: string): SpotlightActionGroupData[] {
  const navigate = useNavigate();
  const [name] = useDebouncedValue(text.trim().toLowerCase(), pauseMs);
  const { data } = useQuery({
    queryKey: queryKeys.of(slug ?? '', 'palette', name),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/packages', {
          params: { path: { slug: slug ?? '' }, query: { name, limit: packagesShown } },
          signal,
        }),
      ),
    enabled: slug !== undefined && name.length > 1,
    placeholderData: keepPreviousData,
  });
  return slug === undefined || name.length <= 1 || data === undefined
    ? []
    : [
        {
          group: words.palette.packages,
          actions: data.items.map((one) => {
            const [vendor = '', short = ''] = one.name.split('/');
            return {
              id: `package ${one.name}`,
              label: one.name,
              leftSection: <Icon name="package" />,
              onClick: () =>
                void navigate({
                  to: '/o/$slug/packages/$vendor/$name',
                  params: { slug, vendor, name: short },
                }),
            };
          }),
        },
      ];
}
