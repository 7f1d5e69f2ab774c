import { Badge, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { skipToken, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useMe } from '../../api/queries.ts';
import { BorderedList } from '../../components/bordered-list.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { hostOf } from '../../components/host.ts';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { Empty, Failure } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { installationWords } from '../../words/installation.ts';
import { AdministratorPage } from './administrator-page.tsx';
import { installationKey, statusQuery } from './queries.ts';

const words = installationWords.organizations;

type Status = Schemas['InstallationStatus'];
interface Row {
  readonly slug: string;
  readonly name: string;
  readonly role: Schemas['Role'] | undefined;
}

export const InstallationPage = () => (
  <AdministratorPage
    title={words.title}
    description={words.description}
    actions={
      <ButtonLink to="/installation/new" leftSection={<Icon name="add" size={16} />}>
        {words.make}
      </ButtonLink>
    }
  >
    <Organizations />
  </AdministratorPage>
);

function Organizations() {
  const { organizations: own } = useMe();
  const query = useQuery(statusQuery);
  const rows = query.data?.organizations
    .map((one) => ({ ...one, role: own.find(({ slug }) => slug === one.slug)?.role }))
    .toSorted((one, other) => one.name.localeCompare(other.name));
  return (
    <Stack gap="xl">
      <DataTable
        label={words.title}
        columns={columns}
        rows={rows ?? []}
        rowKey={({ slug }) => slug}
        isLoading={query.isPending}
        error={query.error}
        retry={() => void query.refetch()}
        empty={<Empty icon="team" {...words.none} />}
      />
      {query.data !== undefined && query.data.unclaimedInstallations.length > 0 && (
        <Unclaimed installations={query.data.unclaimedInstallations} />
      )}
      <Deleted />
    </Stack>
  );
}

/** Only whoever belongs to an organization sees it: administrators have no right in it by being that. */
const columns: readonly Column<Row>[] = [
  {
    key: 'name',
    title: words.columns.name,
    cell: ({ slug, name, role }) =>
      role === undefined ? (
        <Text size="sm" fw={500} truncate>
          {name}
        </Text>
      ) : (
        <AnchorLink to="/o/$slug" params={{ slug }} size="sm" fw={500} truncate>
          {name}
        </AnchorLink>
      ),
  },
  { key: 'slug', title: words.columns.slug, width: 16, isWide: true, cell: ({ slug }) => slug },
  {
    key: 'role',
    title: words.columns.role,
    width: 10,
    cell: ({ role }) => (
      <Text size="sm" c={role === undefined ? 'dimmed' : undefined}>
        {role === undefined ? words.notYours : commonWords.roles[role]}
      </Text>
    ),
  },
];

function Unclaimed({ installations }: { readonly installations: Status['unclaimedInstallations'] }) {
  return (
    <section>
      <Title order={2} mb={4}>
        {words.unclaimed}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {words.unclaimedText}
      </Text>
      <BorderedList>
        {installations.map(({ installation, login, forge, baseUrl, status }) => (
          <li key={`${forge} ${baseUrl} ${installation}`}>
            <Group justify="space-between" wrap="nowrap">
              <div style={{ minWidth: 0 }}>
                <Text size="sm" fw={500} truncate>
                  {login}
                </Text>
                <Text size="xs" c="dimmed" truncate>
                  {hostOf(baseUrl ?? forge)}
                </Text>
              </div>
              {status === 'active' ? (
                <ButtonLink
                  to="/installation/new"
                  search={{ installation }}
                  variant="default"
                  size="xs"
                  aria-label={words.connectOf(login)}
                >
                  {words.connect}
                </ButtonLink>
              ) : (
                <Badge color="yellow" variant="dot">
                  {words.suspended}
                </Badge>
              )}
            </Group>
          </li>
        ))}
      </BorderedList>
    </section>
  );
}

/** Asks for a slug: all that were deleted are listed nowhere. */
function Deleted() {
  const [text, setText] = useState('');
  const [slug, setSlug] = useState<string>();
  const query = useQuery({
    queryKey: [...installationKey, 'deleted', slug],
    queryFn:
      slug === undefined
        ? skipToken
        : ({ signal }) =>
            dataOf(
              api.GET('/api/v1/installation/deleted-organizations', { params: { query: { slug } }, signal }),
            ),
  });
  const found = query.data?.items;
  return (
    <section>
      <Title order={2} mb={4}>
        {words.deleted.title}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {words.deleted.text}
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setSlug(text.trim() || undefined);
        }}
      >
        <Group gap="sm">
          <TextInput
            aria-label={words.deleted.slug}
            placeholder={words.deleted.slug}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            maxLength={100}
            required
          />
          <Button type="submit" variant="default" loading={query.isFetching}>
            {words.deleted.find}
          </Button>
        </Group>
      </form>
      <div role="status">
        {slug !== undefined && found !== undefined && (
          <Text size="sm" mt="sm">
            {found.length === 0
              ? words.deleted.none(slug)
              : found.map((one) => `${one.slug}: ${one.detail}`).join('\n')}
          </Text>
        )}
      </div>
      {query.error !== null && <Failure error={query.error} retry={() => void query.refetch()} />}
    </section>
  );
}
