import { Badge, Group, Skeleton } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { type List, pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { ListCount } from '../../components/list-count.tsx';
import { PackageLink } from '../../components/package-link.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { When } from '../../components/when.tsx';
import { shownNumber } from '../../words/locale.ts';
import { packagesWords as words } from '../../words/packages.ts';
import classes from './name-cell.module.css';
import type { PackagesSearch, packageOrders } from './search.ts';

type Row = Schemas['PackageSummary'];

const from = '/o/$slug/packages';

/** Not needed at once: what is first loaded stays small. */
const Selects = lazy(() => import('./selects.tsx').then((module) => ({ default: module.Selects })));
const Nothing = lazy(() => import('./nothing.tsx').then((module) => ({ default: module.Nothing })));
const RepositoriesLink = lazy(() =>
  import('./repositories-link.tsx').then((module) => ({ default: module.RepositoriesLink })),
);

export function PackagesPage() {
  const { slug } = useParams({ from });
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  const change = useCallback(
    (changed: PackagesSearch): void =>
      void navigate({ search: (before) => ({ ...before, ...changed }), replace: true }),
    [navigate],
  );
  const { sort } = search;
  const columns = useMemo(() => columnsOf(slug, sort, change), [slug, sort, change]);
  const list = usePackages(slug, search);
  const { name, state, synchronization } = search;
  const isFiltered = [name, state, synchronization].some((one) => one !== undefined);
  return (
    <Page
      title={words.title}
      of={slug}
      description={words.description}
      actions={
        <Suspense fallback={null}>
          <RepositoriesLink slug={slug} />
        </Suspense>
      }
    >
      <Filters key={slug} slug={slug} search={search} change={change} list={list} />
      <DataTable
        label={words.title}
        columns={columns}
        rowKey={({ name }) => name}
        empty={
          <Suspense fallback={null}>
            <Nothing slug={slug} isFiltered={isFiltered} />
          </Suspense>
        }
        {...list}
      />
    </Page>
  );
}

const usePackages = (slug: string, { name, state, sort, synchronization }: PackagesSearch): List<Row> =>
  useList(queryKeys.of(slug, 'packages', name, state, sort, synchronization), (cursor, signal) => {
    const query = { name, state, sort, synchronization, cursor, limit: pageLimit };
    return dataOf(
      api.GET('/api/v1/organizations/{slug}/packages', { params: { path: { slug }, query }, signal }),
    );
  });

interface FiltersProps {
  readonly slug: string;
  readonly search: PackagesSearch;
  change(changed: PackagesSearch): void;
  readonly list: List<Row>;
}

function Filters({ slug, search, change, list }: FiltersProps) {
  return (
    <Group gap="sm">
      <SearchField label={words.search} value={search.name} onSearch={(name) => change({ name })} />
      {/* One part of the line, however many there turn out to be: a second one moves nothing. */}
      <Group gap="sm" wrap="nowrap" flex="1 1 19rem" maw="24rem" mih={36}>
        <Suspense fallback={<Skeleton height={36} flex="1 1 9rem" maw="11rem" />}>
          <Selects slug={slug} search={search} change={change} />
        </Suspense>
      </Group>
      <ListCount shown={list.isLoading ? undefined : words.shown(list.rows.length, list.hasMore)}>
        <Suspense fallback={null}>
          <RepositoriesLink slug={slug} isInText />
        </Suspense>
      </ListCount>
    </Group>
  );
}

function columnsOf(
  slug: string,
  sort: PackagesSearch['sort'],
  change: (changed: PackagesSearch) => void,
): readonly Column<Row>[] {
  const sorted = (order: (typeof packageOrders)[number] | undefined, state: 'ascending' | 'descending') => ({
    state: sort === order ? state : undefined,
    onSort: () => change({ sort: order }),
  });
  return [
    {
      key: 'name',
      title: words.columns.name,
      sort: sorted(undefined, 'ascending'),
      cell: ({ name, state, isArchived, replacement }) => (
        <div className={classes.cell}>
          <PackageLink slug={slug} name={name} />
          {state !== 'available' && (
            <Badge variant="light" color={state === 'unreadable' ? 'red' : 'blue'} flex="none">
              {words.states[state]}
            </Badge>
          )}
          {isArchived && (
            <Badge variant="light" color="gray" flex="none" visibleFrom="sm">
              {words.archived}
            </Badge>
          )}
          {replacement !== undefined && (
            <Badge variant="light" color="gray" flex="none" visibleFrom="sm">
              {words.replaced(replacement)}
            </Badge>
          )}
        </div>
      ),
    },
    {
      key: 'repository',
      title: words.columns.repository,
      isWide: true,
      cell: ({ repository, folder }) => (
        <span className={classes.secondary}>{words.place(repository.name, folder)}</span>
      ),
    },
    {
      key: 'versions',
      title: words.columns.versions,
      width: 7,
      align: 'end',
      isWide: true,
      cell: ({ versions }) => shownNumber(versions),
    },
    {
      key: 'downloads',
      title: words.columns.downloads,
      width: 8.5,
      align: 'end',
      isWide: true,
      sort: sorted('downloads', 'descending'),
      cell: ({ downloads }) => shownNumber(downloads),
    },
    {
      key: 'changed',
      title: words.columns.changed,
      width: 9.5,
      sort: sorted('changed', 'descending'),
      cell: ({ changedAt }) => <When at={changedAt} />,
    },
  ];
}
