import { Alert, Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../api/client.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { hostOf } from '../../components/host.ts';
import { Icon } from '../../components/icon.tsx';
import { Empty } from '../../components/states.tsx';
import { installationWords } from '../../words/installation.ts';
import { integrationsWords } from '../../words/integrations.ts';
import { AdministratorPage } from './administrator-page.tsx';
import { hostsQuery } from './queries.ts';

const words = installationWords.integrations;

type Host = Schemas['Integration'];

/** The code host asks whoever registers this installation there; the way to it is a form, which leads to its page. */
const registerPage = '/sign-in/register';

export const InstallationIntegrationsPage = () => (
  <AdministratorPage
    title={words.title}
    description={words.description}
    actions={
      <Button component="a" href={registerPage} leftSection={<Icon name="add" size={16} />}>
        {words.add}
      </Button>
    }
  >
    <Hosts />
  </AdministratorPage>
);

function Hosts() {
  const query = useQuery(hostsQuery);
  const problems = query.data?.problems ?? [];
  return (
    <>
      {problems.length > 0 && (
        <Alert variant="light" color="red" icon={<Icon name="warning" />} title={words.problems}>
          {problems.map(({ entry, baseUrl, problem }) => (
            <Text key={`${entry} ${problem}`} size="sm">
              {[entry === undefined ? undefined : words.entry(entry), baseUrl, problem]
                .filter((part) => part !== undefined)
                .join(': ')}
            </Text>
          ))}
        </Alert>
      )}
      <DataTable
        label={words.title}
        columns={columns}
        rows={query.data?.items ?? []}
        rowKey={({ key }) => key}
        isLoading={query.isPending}
        error={query.error}
        retry={() => void query.refetch()}
        empty={<Empty icon="link" {...words.none} />}
      />
    </>
  );
}

const columns: readonly Column<Host>[] = [
  {
    key: 'host',
    title: words.columns.host,
    cell: ({ name, baseUrl }) => (
      <Stack gap={0} style={{ lineHeight: 1.3 }}>
        <Text size="sm" fw={500} truncate>
          {name}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {name.includes(hostOf(baseUrl)) ? undefined : hostOf(baseUrl)}
        </Text>
      </Stack>
    ),
  },
  {
    key: 'reads',
    title: words.columns.reads,
    isWide: true,
    cell: ({ connectsWith }) => (
      <Text size="sm" truncate>
        {connectsWith.map((one) => integrationsWords.ways[one]).join(', ')}
      </Text>
    ),
  },
  {
    key: 'sign-in',
    title: words.columns.signIn,
    width: 9,
    cell: ({ isSignInOffered }) => (isSignInOffered ? words.offered : words.notOffered),
  },
];
