import { Badge, Group, Text } from '@mantine/core';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import type { Schemas } from '../../api/client.ts';
import { synchronizationsQuery } from '../../api/queries.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { hostOf } from '../../components/host.ts';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { commonWords } from '../../words/common.ts';
import { synchronizationsWords as words } from '../../words/synchronizations.ts';
import { overviewQuery } from '../overview/queries.ts';
import { Counts } from './differences.tsx';
import { useIsOwner } from './queries.ts';
import { StateBadge } from './state-badge.tsx';

/** What members see too, and what owners see besides. */
type Row = Schemas['Synchronization'] & Partial<Schemas['OverviewSynchronization']>;

interface OfOrganization {
  readonly slug: string;
}

export function SynchronizationsPage() {
  const { slug } = useParams({ from: '/o/$slug/synchronizations' });
  return useIsOwner(slug) ? <OfOwner slug={slug} /> : <OfMember slug={slug} />;
}

function OfOwner({ slug }: OfOrganization) {
  const query = useQuery({ ...overviewQuery(slug), select: ({ synchronizations }) => synchronizations });
  return <Listed slug={slug} query={query} isOwner />;
}

function OfMember({ slug }: OfOrganization) {
  const query = useQuery({ ...synchronizationsQuery(slug), select: ({ items }) => items });
  return <Listed slug={slug} query={query} isOwner={false} />;
}

interface ListedProps extends OfOrganization {
  readonly query: UseQueryResult<readonly Row[]>;
  readonly isOwner: boolean;
}

/** The page of the only one is this one. */
function Listed({ slug, query, isOwner }: ListedProps) {
  const [only, ...others] = query.data ?? [];
  if (only !== undefined && others.length === 0) {
    return (
      <Navigate
        to="/o/$slug/synchronizations/$synchronization"
        params={{ slug, synchronization: only.id }}
        replace
      />
    );
  }
  return (
    <Page
      title={words.title}
      of={slug}
      actions={
        isOwner && (
          <ButtonLink to="/organizations/new" search={{ into: slug }} variant="default">
            {commonWords.connectOrganization}
          </ButtonLink>
        )
      }
    >
      <Loaded query={query}>
        {(rows) => (
          <DataTable
            label={words.title}
            columns={columnsOf(slug, isOwner)}
            rows={rows}
            rowKey={({ id }) => id}
            empty={
              <Empty
                icon="sync"
                {...words.none}
                action={
                  <ButtonLink to="/organizations/new" search={{ into: slug }} variant="default" mt="xs">
                    {commonWords.connectOrganization}
                  </ButtonLink>
                }
              />
            }
          />
        )}
      </Loaded>
    </Page>
  );
}

const columnsOf = (slug: string, isOwner: boolean): readonly Column<Row>[] => [
  {
    key: 'name',
    title: words.columns.name,
    cell: ({ id, login, baseUrl, isPrimary }) => (
      <div style={{ minWidth: 0, lineHeight: 1.3 }}>
        <Group gap="xs" wrap="nowrap">
          {isOwner ? (
            <AnchorLink
              to="/o/$slug/synchronizations/$synchronization"
              params={{ slug, synchronization: id }}
              size="sm"
              fw={600}
              truncate
            >
              {login}
            </AnchorLink>
          ) : (
            // The page of one has no more for members.
            <Text size="sm" fw={600} truncate>
              {login}
            </Text>
          )}
          {isPrimary && (
            <Badge variant="light" color="gray" size="xs" title={words.primaryHint} flex="none">
              {words.primary}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" truncate>
          {hostOf(baseUrl)}
        </Text>
      </div>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    width: 9.5,
    isWide: !isOwner,
    cell: (row) => (
      <>
        <StateBadge state={row.state} />
        {needsOwner(row) && (
          <Text size="xs" c="dimmed" hiddenFrom="sm">
            {words.columns.waits}
          </Text>
        )}
      </>
    ),
  },
  {
    key: 'rights',
    title: words.columns.rightsAsOf,
    width: 9,
    isWide: isOwner,
    cell: ({ rightsAsOf }) => <When at={rightsAsOf} otherwise={words.notYet} />,
  },
  ...(isOwner ? columnsOfOwner(slug) : []),
];

const columnsOfOwner = (slug: string): readonly Column<Row>[] => [
  {
    key: 'run',
    title: words.columns.lastRun,
    width: 9.5,
    isWide: true,
    cell: ({ id, lastRun }) =>
      lastRun === undefined ? (
        words.notYet
      ) : (
        <Group gap="xs" wrap="nowrap">
          <AnchorLink
            to="/o/$slug/synchronizations/$synchronization/runs/$run"
            params={{ slug, synchronization: id, run: String(lastRun.number) }}
            size="sm"
          >
            <When at={lastRun.started} />
          </AnchorLink>
          <Counts counts={lastRun.counts} />
        </Group>
      ),
  },
  {
    key: 'next',
    title: words.columns.next,
    width: 8,
    isWide: true,
    cell: ({ nextReadBy }) => <When at={nextReadBy} otherwise={words.byThen} />,
  },
  {
    key: 'waits',
    title: words.columns.waits,
    width: 12,
    isWide: true,
    cell: (row) => <Waits slug={slug} row={row} />,
  },
];

const needsOwner = ({ heldRemovals = [], connection, hooks }: Row): boolean =>
  heldRemovals.length > 0 || connection?.advice !== undefined || hooks?.problem !== undefined;

/** What needs an owner, each with the page where it is mended. */
function Waits({ slug, row }: OfOrganization & { readonly row: Row }) {
  const { id, heldRemovals = [], connection, hooks } = row;
  const params = { slug, synchronization: id };
  const held = heldRemovals.reduce((sum, { count }) => sum + count, 0);
  return (
    <Group gap="xs" wrap="nowrap">
      {held > 0 && (
        <AnchorLink to="/o/$slug/synchronizations/$synchronization/held-removals" params={params} size="sm">
          {words.heldShort(held)}
        </AnchorLink>
      )}
      {connection?.advice !== undefined && (
        <AnchorLink to="/o/$slug/settings/credentials" params={{ slug }} size="sm">
          {words.credential}
        </AnchorLink>
      )}
      {hooks?.problem !== undefined && (
        <AnchorLink to="/o/$slug/synchronizations/$synchronization/webhooks" params={params} size="sm">
          {words.webhooks}
        </AnchorLink>
      )}
    </Group>
  );
}
