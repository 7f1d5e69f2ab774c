import { Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { OwnersPage } from '../../components/owners-page.tsx';
import { PackageLink } from '../../components/package-link.tsx';
import { Page } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { vcsRepositoriesWords as words } from '../../words/vcs-repositories.ts';
import { AboveLink } from './above-link.tsx';
import { useVcsRepositories, type VcsRepository } from './queries.ts';
import { StateBadge } from './state-badge.tsx';

export function VcsRepositoriesPage() {
  const { slug } = useParams({ from: '/o/$slug/repositories/at-url' });
  return (
    <OwnersPage slug={slug} title={words.title}>
      <Repositories slug={slug} />
    </OwnersPage>
  );
}

function Repositories({ slug }: { readonly slug: string }) {
  const list = useVcsRepositories(slug);
  const add = (
    <ButtonLink
      to="/o/$slug/repositories/at-url/new"
      params={{ slug }}
      leftSection={<Icon name="add" size={16} />}
    >
      {words.add}
    </ButtonLink>
  );
  return (
    <Page
      title={words.title}
      of={slug}
      description={words.description}
      above={<AboveLink slug={slug} />}
      actions={add}
    >
      <DataTable
        label={words.title}
        columns={columnsOf(slug)}
        rowKey={({ id }) => id}
        empty={<Empty icon="repository" {...words.none} />}
        {...list}
      />
    </Page>
  );
}

const columnsOf = (slug: string): readonly Column<VcsRepository>[] => [
  {
    key: 'repository',
    title: words.columns.repository,
    cell: ({ id, name, kind }) => (
      <div style={{ minWidth: 0, lineHeight: 1.3 }}>
        <AnchorLink
          to="/o/$slug/repositories/at-url/$repository"
          params={{ slug, repository: id }}
          size="sm"
          fw={500}
          truncate
          display="block"
          title={name}
        >
          {name}
        </AnchorLink>
        <Text size="xs" c="dimmed">
          {words.kinds[kind]}
        </Text>
      </div>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    width: 11,
    cell: (repository) => <StateBadge repository={repository} />,
  },
  {
    key: 'package',
    title: words.columns.package,
    isWide: true,
    cell: ({ packages }) => packages.map((name) => <PackageLink key={name} slug={slug} name={name} />),
  },
  {
    key: 'read',
    title: words.columns.read,
    width: 9,
    isWide: true,
    cell: ({ lastReadAt }) => <When at={lastReadAt} otherwise={words.neverRead} />,
  },
  {
    key: 'next',
    title: words.columns.next,
    width: 9,
    isWide: true,
    cell: ({ nextReadAt }) => <When at={nextReadAt} otherwise={words.soon} />,
  },
];
