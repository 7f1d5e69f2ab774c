import { Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Schemas } from '../../api/client.ts';
import { synchronizationsQuery } from '../../api/queries.ts';
import { AccessWaysLink } from '../../components/access-ways.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { hostOf } from '../../components/host.ts';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { PackageLink } from '../../components/package-link.tsx';
import { Page } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { navigationWords } from '../../words/navigation.ts';
import { peopleWords as words } from '../../words/people.ts';
import { ChangeState } from './change-state.tsx';
import { personQuery, usePackagesOf } from './queries.ts';
import { StateBadge } from './state-badge.tsx';

type Found = Schemas['OnePerson'];
type Row = Schemas['ReadablePackage'];

const from = '/o/$slug/people/$person';

export function PersonPage() {
  const { slug, person: id } = useParams({ from });
  const query = useQuery(personQuery(slug, id));
  const found = query.data;
  return (
    <Page
      title={found?.data.name ?? navigationWords.people}
      of={slug}
      above={
        <AnchorLink to="/o/$slug/people" params={{ slug }} size="sm">
          {navigationWords.people}
        </AnchorLink>
      }
      description={found && <Facts slug={slug} found={found.data} />}
      actions={
        found !== undefined &&
        found.data.state !== 'invited' && (
          <ChangeState
            slug={slug}
            id={id}
            name={found.data.name}
            state={found.data.state}
            etag={found.etag}
          />
        )
      }
    >
      <Loaded query={query}>
        {({ data }) => (
          <Stack gap="sm">
            <Title order={2}>{words.access.title}</Title>
            <Packages key={id} slug={slug} id={id} state={data.state} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

interface FactsProps {
  readonly slug: string;
  readonly found: Found;
}

function Facts({ slug, found: { id, name, synchronization, role, state, isKnown } }: FactsProps) {
  const { data } = useQuery(synchronizationsQuery(slug));
  const host = data?.items.find((one) => one.id === synchronization);
  return (
    <Group gap="sm" mt={4}>
      <StateBadge state={state} />
      {isKnown && (role !== undefined || state === 'active') && (
        <Text size="sm">{role === undefined ? words.noRole : commonWords.roles[role]}</Text>
      )}
      {host !== undefined && <Text size="sm">{words.place(host.login, hostOf(host.baseUrl))}</Text>}
      {isKnown ? (
        <>
          <AnchorLink to="/o/$slug/settings/tokens" params={{ slug }} search={{ name }} size="sm">
            {words.tokens}
          </AnchorLink>
          <AnchorLink to="/o/$slug/settings/history" params={{ slug }} search={{ actor: id }} size="sm">
            {words.history}
          </AnchorLink>
        </>
      ) : (
        <Text size="sm">{words.neverSignedIn}</Text>
      )}
    </Group>
  );
}

interface PackagesProps {
  readonly slug: string;
  readonly id: string;
  readonly state: Found['state'];
}

function Packages({ slug, id, state }: PackagesProps) {
  const list = usePackagesOf(slug, id);
  const none =
    state === 'waiting'
      ? words.access.noneWaiting
      : state === 'off'
        ? words.access.noneOff
        : words.access.none;
  return (
    <DataTable
      label={words.access.title}
      columns={columnsOf(slug, id)}
      rowKey={({ name }) => name}
      empty={<Empty icon="package" {...none} />}
      {...list}
    />
  );
}

const columnsOf = (slug: string, id: string): readonly Column<Row>[] => [
  {
    key: 'package',
    title: words.access.columns.package,
    cell: (row) => <PackageLink slug={slug} name={row.name} />,
  },
  {
    key: 'through',
    title: words.access.columns.through,
    cell: ({ name, paths }) => <AccessWaysLink slug={slug} person={id} package={name} paths={paths} />,
  },
];
