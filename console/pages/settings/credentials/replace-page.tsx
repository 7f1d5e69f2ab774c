import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { isProblem } from '../../../api/problem.ts';
import { integrationsQuery, useMe } from '../../../api/queries.ts';
import { CodeHostButton } from '../../../components/code-host-button.tsx';
import { FreshSession } from '../../../components/fresh-session.tsx';
import { AnchorLink } from '../../../components/link.tsx';
import { Loaded } from '../../../components/loaded.tsx';
import { Outcome } from '../../../components/outcome.tsx';
import { Page } from '../../../components/page.tsx';
import { Empty, Failure } from '../../../components/states.tsx';
import { commonWords } from '../../../words/common.ts';
import { credentialsWords } from '../../../words/credentials.ts';
import { connectionsQuery } from './queries.ts';
import { ReplaceForm } from './replace-form.tsx';
import { waysToReplace } from './ways.ts';

const words = credentialsWords.replace;
const from = '/o/$slug/settings/credentials/$synchronization';

/** Replaces what a code host is read with: whoever owns the organization there proves it first. */
export function ReplacePage() {
  const { slug, synchronization } = useParams({ from });
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  const connections = useQuery(connectionsQuery(slug));
  const integrations = useQuery(integrationsQuery);
  const connection = connections.data?.items.find(({ usedBy }) => usedBy.synchronization === synchronization);
  const host = integrations.data?.items.find(({ baseUrl }) => baseUrl === connection?.baseUrl);
  const isReplaceable =
    connection !== undefined && host !== undefined && waysToReplace(connection, host).length > 0;
  return (
    <Page
      title={words.title(connection?.usedBy.login ?? '…')}
      of={slug}
      description={isReplaceable ? words.text : '\u00a0'}
      above={
        <AnchorLink to="/o/$slug/settings/credentials" params={{ slug }} size="sm">
          {credentialsWords.title}
        </AnchorLink>
      }
    >
      <Outcome {...search} onEnd={() => void navigate({ search: {}, replace: true })} />
      <Loaded query={connections}>
        {() => (
          <Loaded query={integrations}>
            {() =>
              connection === undefined || host === undefined ? (
                <Empty icon="search" {...commonWords.notFound} />
              ) : (
                <Replaceable slug={slug} connection={connection} host={host} />
              )
            }
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

interface GrantedProps {
  readonly slug: string;
  readonly connection: Schemas['Connection'];
  readonly host: Schemas['Integration'];
}

function Replaceable(props: GrantedProps) {
  const { connection, host } = props;
  return waysToReplace(connection, host).length === 0 ? (
    <Empty
      icon="check"
      title={words.working.title}
      text={words.working.text(connection.usedBy.login, host.name)}
      action={
        host.installUrl !== undefined && (
          <Button component="a" href={host.installUrl} variant="default" mt="xs">
            {words.working.action(host.name)}
          </Button>
        )
      }
    />
  ) : (
    <FreshSession>
      <Granted {...props} />
    </FreshSession>
  );
}

/** The form, once the code host may be asked who owns the organization. */
function Granted({ slug, connection, host }: GrantedProps) {
  const isLinked = useMe().accounts.some(({ baseUrl }) => baseUrl === host.baseUrl);
  const query = useQuery({
    queryKey: ['forge-organizations', host.key],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/me/forge-organizations', { params: { query: { integration: host.key } }, signal }),
      ),
  });
  if (isProblem(query.error, 'reauthentication-required')) {
    return (
      <Stack maw="32rem" align="flex-start">
        <Text size="sm">{words.prove(host.name, connection.usedBy.login)}</Text>
        <CodeHostButton
          integration={host.key}
          purpose={isLinked ? 'choose-organization' : 'link-for-organizations'}
          label={words.show(host.name)}
        />
      </Stack>
    );
  }
  if (query.isError) {
    return <Failure error={query.error} retry={() => void query.refetch()} />;
  }
  return (
    <Loaded query={query}>
      {() => (
        <ReplaceForm slug={slug} connection={connection} host={host} ways={waysToReplace(connection, host)} />
      )}
    </Loaded>
  );
}
