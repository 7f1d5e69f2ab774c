import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { isProblem } from '../../api/problem.ts';
import { synchronizationsQuery } from '../../api/queries.ts';
import { type May, useMay } from '../../api/use-may.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Icon } from '../../components/icon.tsx';
import { ButtonLink } from '../../components/link.tsx';
import { Page } from '../../components/page.tsx';
import { selectColumn } from '../../components/select-column.tsx';
import { useSelection } from '../../components/selection.ts';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { commonWords } from '../../words/common.ts';
import { repositoriesWords as words } from '../../words/repositories.ts';
import { vcsRepositoriesWords } from '../../words/vcs-repositories.ts';
import { ActionBar } from './action-bar.tsx';
import { ActionCell, allows, NameCell, ReasonCell, type Shown } from './cells.tsx';
import { Filters } from './filters.tsx';
import { remedyOf } from './outcome.ts';
import { type Repository, useRepositories } from './queries.ts';
import type { RepositoriesSearch } from './search.ts';
import { type Following, useFollowed } from './use-followed.ts';

const from = '/o/$slug/repositories';
/** The API takes so many at once. */
const chosenMax = 1000;
const LeftOutDialog = lazy(async () => ({
  default: (await import('./left-out-dialog.tsx')).LeftOutDialog,
}));

const FoldersDialog = lazy(async () => ({
  default: (await import('./folders-dialog.tsx')).FoldersDialog,
}));

export function RepositoriesPage() {
  const { slug } = useParams({ from });
  // What was chosen and asked for belongs to one organization.
  return <Repositories key={slug} slug={slug} />;
}

function Repositories({ slug }: { readonly slug: string }) {
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  const may = useMay(slug);
  const list = useRepositories(slug, search);
  const following = useFollowed(slug);
  const rows = withFollowed(list.rows, following);
  const selectable = rows.filter((row) => isSelectable(row, may, following));
  const ids = selectable.map(({ id }) => id);
  const selection = useSelection(ids, chosenMax);
  const select = selectColumn<Repository>({
    selection,
    idOf: ({ id }) => (ids.includes(id) ? id : undefined),
    labelOf: ({ name }) => words.selectOf(name),
    title: words.columns.select,
    labelOfAll: words.selectAll,
  });
  const [leftOut, setLeftOut] = useState<Repository>();
  const [folders, setFolders] = useState<Repository>();
  const shown = { slug, may, following, showLeftOut: setLeftOut, showFolders: setFolders };
  return (
    <Page
      title={words.title}
      of={slug}
      description={words.description}
      actions={may.isOwner && <AtUrl slug={slug} />}
    >
      {!isProblem(list.error, 'forbidden') && (
        <Filters
          slug={slug}
          search={search}
          list={list}
          change={(changed) =>
            void navigate({ search: (before) => ({ ...before, ...changed }), replace: true })
          }
        />
      )}
      <DataTable
        label={words.title}
        columns={[...(ids.length > 0 ? [select] : []), ...columnsOf(search, shown)]}
        rowKey={({ id }) => id}
        empty={<Nothing slug={slug} search={search} />}
        {...list}
        rows={rows}
      />
      <ActionBar
        selected={selectable.filter(({ id }) => selection.ids.has(id))}
        selection={selection}
        following={following}
      />
      {leftOut !== undefined && (
        <Suspense fallback={null}>
          <LeftOutDialog slug={slug} repository={leftOut} onClose={() => setLeftOut(undefined)} />
        </Suspense>
      )}
      {folders !== undefined && (
        <Suspense fallback={null}>
          <FoldersDialog slug={slug} repository={folders} onClose={() => setFolders(undefined)} />
        </Suspense>
      )}
    </Page>
  );
}

/** Repositories that no code host has are added by owners. */
const AtUrl = ({ slug }: { readonly slug: string }) => (
  <Group gap="xs">
    <ButtonLink to="/o/$slug/repositories/at-url" params={{ slug }} variant="default">
      {vcsRepositoriesWords.title}
    </ButtonLink>
    <ButtonLink
      to="/o/$slug/repositories/at-url/new"
      params={{ slug }}
      leftSection={<Icon name="add" size={16} />}
    >
      {vcsRepositoriesWords.add}
    </ButtonLink>
  </Group>
);

/** Those that the filter does not give any more since they were added stay, before the others. */
function withFollowed(rows: readonly Repository[], { followed }: Following): readonly Repository[] {
  const ids = new Set(rows.map(({ id }) => id));
  const gone = [...followed.values()].map(({ before }) => before).filter(({ id }) => !ids.has(id));
  return gone.length === 0 ? rows : [...gone, ...rows];
}

const isSelectable = (row: Repository, may: May, { followed }: Following): boolean =>
  remedyOf(row) === 'add' && allows(may, 'add') && !followed.has(row.id);

const columnsOf = ({ show }: RepositoriesSearch, shown: Shown): readonly Column<Repository>[] => [
  {
    key: 'name',
    title: words.columns.repository,
    cell: (repository) => <NameCell {...shown} repository={repository} />,
  },
  {
    key: 'reason',
    title: show === undefined ? words.columns.reason : words.columns.package,
    isWide: true,
    cell: (repository) => <ReasonCell {...shown} repository={repository} />,
  },
  {
    key: 'scanned',
    title: words.columns.scanned,
    width: 9.5,
    isWide: true,
    cell: ({ lastScannedAt }) => <When at={lastScannedAt} />,
  },
  {
    key: 'action',
    title: words.columns.action,
    width: 9,
    align: 'end',
    cell: (repository) => <ActionCell {...shown} repository={repository} />,
  },
];

function Nothing({ slug, search }: { readonly slug: string; readonly search: RepositoriesSearch }) {
  const { show, name, reason, synchronization } = search;
  const { data: synchronizations } = useQuery(synchronizationsQuery(slug));
  if (name !== undefined || reason !== undefined || synchronization !== undefined) {
    return (
      <Empty
        icon="search"
        title={words.noMatch.title}
        text={words.noMatch.text}
        action={
          <ButtonLink to={from} params={{ slug }} search={{ show }} variant="default" mt="xs">
            {words.noMatch.action}
          </ButtonLink>
        }
      />
    );
  }
  if (synchronizations?.items.length === 0) {
    return (
      <Empty
        icon="repository"
        {...words.noneAtAll}
        action={
          <ButtonLink to="/organizations/new" variant="default" mt="xs">
            {commonWords.connectOrganization}
          </ButtonLink>
        }
      />
    );
  }
  return show === undefined ? (
    <Empty
      icon="check"
      title={words.none.title}
      text={words.none.text}
      action={
        <ButtonLink to="/o/$slug/packages" params={{ slug }} variant="default" mt="xs">
          {words.none.action}
        </ButtonLink>
      }
    />
  ) : (
    <Empty icon="repository" {...words.noneAtAll} />
  );
}
